namespace Grpc.Core;

/// <summary>A way to a server.</summary>
/// <param name="target">Its name.</param>
public abstract class ChannelBase(string target)
{
    /// <summary>Name of the server.</summary>
    public string Target { get; } = target;

    /// <summary>Makes calls over this channel.</summary>
    public abstract CallInvoker CreateCallInvoker();
}

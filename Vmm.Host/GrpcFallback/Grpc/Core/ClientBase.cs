namespace Grpc.Core;

/// <summary>What generated clients derive from.</summary>
public abstract class ClientBase
{
    /// <summary>For fakes, which make no calls.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client over some channel.</summary>
    protected ClientBase(ChannelBase channel)
        : this(channel.CreateCallInvoker())
    {
    }

    /// <summary>A client over some invoker.</summary>
    protected ClientBase(CallInvoker callInvoker) => Invoker = callInvoker;

    private protected CallInvoker? Invoker { get; }

    /// <summary>What makes a client like another one.</summary>
    protected internal sealed class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker callInvoker) => CallInvoker = callInvoker;

        internal CallInvoker CallInvoker { get; }
    }
}

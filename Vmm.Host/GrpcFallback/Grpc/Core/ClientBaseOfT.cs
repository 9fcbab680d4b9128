namespace Grpc.Core;

/// <summary>What generated clients derive from.</summary>
/// <typeparam name="T">The client itself.</typeparam>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>For fakes, which make no calls.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client over some channel.</summary>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <summary>A client over some invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <summary>A client like another one.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration.CallInvoker)
    {
    }

    /// <summary>Makes its calls.</summary>
    protected CallInvoker CallInvoker => Invoker ?? throw new InvalidOperationException("this client makes no calls");

    /// <summary>A client like this one.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}

namespace Grpc.Core;

/// <summary>
/// What generated code offers to servers of another kind than ours; nothing of it is kept, because only <see cref="ServiceBinderBase"/> is used here.
/// </summary>
public sealed class ServerServiceDefinition
{
    private ServerServiceDefinition()
    {
    }

    /// <summary>Begins one.</summary>
    public static Builder CreateBuilder() => new();

    /// <summary>Takes the methods.</summary>
    public sealed class Builder
    {
        private readonly ServerServiceDefinition _definition = new();

        /// <summary>One request, one response.</summary>
        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => this;

        /// <summary>Many requests, one response.</summary>
        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => this;

        /// <summary>One request, many responses.</summary>
        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => this;

        /// <summary>Many of both.</summary>
        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => this;

        /// <summary>Ends it.</summary>
        public ServerServiceDefinition Build() => _definition;
    }
}

namespace Grpc.Core;

/// <summary>A call that did not end well.</summary>
/// <param name="status">How it ended.</param>
/// <param name="trailers">What came with the status.</param>
/// <param name="message">The exception's own message.</param>
public sealed class RpcException(Status status, Metadata trailers, string message) : Exception(message, status.DebugException)
{
    /// <summary>Makes one with an empty trailer.</summary>
    public RpcException(Status status)
        : this(status, [])
    {
    }

    /// <summary>Makes one.</summary>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, $"Status(StatusCode=\"{status.StatusCode}\", Detail=\"{status.Detail}\")")
    {
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; } = status;

    /// <summary>The number of <see cref="Status"/>.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>What came with the status.</summary>
    public Metadata Trailers { get; } = trailers;
}

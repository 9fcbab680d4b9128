namespace Grpc.Core;

/// <summary>A call with many requests and many responses.</summary>
/// <typeparam name="TRequest">The requests.</typeparam>
/// <typeparam name="TResponse">The responses.</typeparam>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse>(
    IClientStreamWriter<TRequest> requestStream,
    IAsyncStreamReader<TResponse> responseStream,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatus,
    Func<Metadata> getTrailers,
    Action dispose) : IDisposable
{
    /// <summary>The requests.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; } = requestStream;

    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; } = responseStream;

    /// <summary>The headers before them.</summary>
    public Task<Metadata> ResponseHeadersAsync { get; } = responseHeadersAsync;

    /// <summary>How it ended, once it has.</summary>
    public Status GetStatus() => getStatus();

    /// <summary>What came with the status, once it has ended.</summary>
    public Metadata GetTrailers() => getTrailers();

    /// <summary>Gives the call up, if it has not ended.</summary>
    public void Dispose() => dispose();
}

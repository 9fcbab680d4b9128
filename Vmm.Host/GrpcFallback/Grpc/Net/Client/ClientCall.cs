using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>One call: sends the request, reads the responses, and knows how it ended.</summary>
internal sealed class ClientCall<TRequest, TResponse> : IAsyncStreamReader<TResponse>, IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    private readonly GrpcChannelOptions _channel;
    private readonly CancellationTokenSource _deadline = new();
    private readonly CancellationTokenSource _end;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task<MessageReader<TResponse>>? _responses;
    private HttpResponseMessage? _response;
    private Status? _status;
    private Metadata _trailers = [];
    private TResponse? _current;

    internal ClientCall(Method<TRequest, TResponse> method, CallOptions options, GrpcChannelOptions channel)
    {
        _method = method;
        _options = options;
        _channel = channel;
        _end = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, _deadline.Token);
        _end.Token.Register(ResetStream);
        Requests = new RequestContent<TRequest>(method.RequestMarshaller, channel.MaxSendMessageSize, _end.Token);
    }

    public TResponse Current => _current ?? throw new InvalidOperationException("there is no current message");

    internal RequestContent<TRequest> Requests { get; }

    internal Task<Metadata> ResponseHeaders => _headers.Task;

    // Not a look at the clock: the timer may be a little early.
    private bool IsOverdue => _deadline.IsCancellationRequested;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration either = cancellationToken.Register(_end.Cancel);
        try
        {
            MessageReader<TResponse> responses = await _responses!;
            _current = await responses.ReadAsync(_end.Token);
        }
        catch (Exception e)
        {
            throw End(ClientStatus.Of(e, IsOverdue, _end.IsCancellationRequested), _trailers);
        }

        if (_current is not null)
        {
            return true;
        }

        return EndOf(_response!) is { } failure ? throw failure : false;
    }

    public void Dispose()
    {
        End(new Status(StatusCode.Cancelled, "the call was disposed of"), _trailers);
        _deadline.Dispose();
        _response?.Dispose();
    }

    /// <summary>Sends the request.</summary>
    /// <param name="http">Sends it.</param>
    /// <param name="address">Where to.</param>
    /// <param name="request">The only message of the request; null when <see cref="Requests"/> will have them.</param>
    internal void Start(HttpMessageInvoker http, Uri address, TRequest? request)
    {
        if (_options.Deadline is { } deadline)
        {
            TimeSpan left = deadline.ToUniversalTime() - DateTime.UtcNow;
            if (left.TotalMilliseconds < int.MaxValue)
            {
                _deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
        }

        if (request is not null)
        {
            _ = SendOnlyAsync(request);
        }

        _responses = SendAsync(http, address);
    }

    /// <summary>Reads the response of a call that has one.</summary>
    internal async Task<TResponse> ReadOnlyAsync()
    {
        TResponse response = await MoveNext(CancellationToken.None) ? Current : throw End(new Status(StatusCode.Internal, "the response has no message"), _trailers);
        return await MoveNext(CancellationToken.None) ? throw End(new Status(StatusCode.Internal, "the response has more than one message"), _trailers) : response;
    }

    internal Status GetStatus() => _status ?? throw new InvalidOperationException("the call has not ended");

    internal Metadata GetTrailers() => _status is null ? throw new InvalidOperationException("the call has not ended") : _trailers;

    private async Task SendOnlyAsync(TRequest request)
    {
        try
        {
            await Requests.WriteAsync(request, _end.Token);
            await Requests.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // A request too large is the call's end; all else the response explains better.
            if (e is RpcException { StatusCode: StatusCode.ResourceExhausted } tooLarge)
            {
                End(tooLarge.Status, []);
            }
        }
    }

    private async Task<MessageReader<TResponse>> SendAsync(HttpMessageInvoker http, Uri address)
    {
        await Task.Yield();
        HttpRequestMessage message = new(HttpMethod.Post, new Uri(address, _method.FullName))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Requests,
        };
        message.Headers.TE.Add(new("trailers"));
        if (_options.Deadline is { } deadline)
        {
            message.Headers.Add(GrpcTimeout.Header, GrpcTimeout.Format(deadline.ToUniversalTime() - DateTime.UtcNow));
        }

        foreach (Metadata.Entry entry in _options.Headers ?? [])
        {
            message.Headers.TryAddWithoutValidation(entry.Key, Headers.ValueOf(entry));
        }

        _response = await http.SendAsync(message, _end.Token);
        if (_end.IsCancellationRequested)
        {
            ResetStream();
        }

        Metadata headers = ClientStatus.Metadata(_response.Headers);
        if (ClientStatus.Of(_response) is { } status)
        {
            _headers.TrySetResult([]);
            _trailers = headers;
            throw new RpcException(status, headers);
        }

        _headers.TrySetResult(headers);
        Stream body = await _response.Content.ReadAsStreamAsync(_end.Token);
        return new MessageReader<TResponse>(PipeReader.Create(body), _method.ResponseMarshaller, _channel.MaxReceiveMessageSize);
    }

    /// <summary>Reads the status behind the last response.</summary>
    /// <returns>What to throw, or null when all went well.</returns>
    private RpcException? EndOf(HttpResponseMessage response)
    {
        Status status = ClientStatus.Of(response.TrailingHeaders) ?? new Status(StatusCode.Internal, "the response ends without a status");
        RpcException end = End(status, ClientStatus.Metadata(response.TrailingHeaders));
        return end.StatusCode == StatusCode.OK ? null : end;
    }

    // Tells the server, also when nobody is reading at the moment.
    private void ResetStream() => _response?.Dispose();

    // The first end counts.
    private RpcException End(Status status, Metadata trailers)
    {
        lock (_gate)
        {
            if (_status is null)
            {
                _status = status;
                _trailers = trailers;
            }
        }

        RpcException end = new(_status.Value, _trailers);
        if (_headers.TrySetException(end))
        {
            _ = _headers.Task.Exception;
        }

        Requests.Abandon();
        if (status.StatusCode != StatusCode.OK)
        {
            _end.Cancel();
        }

        return end;
    }
}

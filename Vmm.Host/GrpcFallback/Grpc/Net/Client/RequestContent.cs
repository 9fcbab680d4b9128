using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The requests of a call, as the body of an HTTP request that lasts as long as there may be more of them.</summary>
/// <typeparam name="T">Their type.</typeparam>
internal sealed class RequestContent<T> : HttpContent, IClientStreamWriter<T>
    where T : class
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Marshaller<T> _marshaller;
    private readonly int? _limit;
    private readonly CancellationToken _end;

    internal RequestContent(Marshaller<T> marshaller, int? limit, CancellationToken end)
    {
        _marshaller = marshaller;
        _limit = limit;
        _end = end;
        Headers.ContentType = new MediaTypeHeaderValue(Wire.Headers.ContentType);
        end.Register(() => _stream.TrySetCanceled(end));
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> frame = new();
        _marshaller.ContextualSerializer(message, new MessageWriter(frame, _limit));
        Stream stream = await _stream.Task.WaitAsync(cancellationToken);
        if (_complete.Task.IsCompleted)
        {
            throw new InvalidOperationException("there was to be no further request");
        }

        try
        {
            await stream.WriteAsync(frame.WrittenMemory, _end);
            await stream.FlushAsync(_end);
        }
        catch (Exception e) when (e is not (RpcException or OperationCanceledException))
        {
            // The server has ended the call: how, the responses say.
            throw new RpcException(new Status(StatusCode.Unavailable, "the server takes no more requests of this call", e));
        }
    }

    public async Task CompleteAsync()
    {
        await _stream.Task;
        _complete.TrySetResult();
    }

    /// <summary>Ends the body, however the call ended.</summary>
    internal void Abandon()
    {
        _stream.TrySetException(new RpcException(new Status(StatusCode.Unavailable, "the call has ended")));
        _ = _stream.Task.Exception;
        _complete.TrySetResult();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The server is to see the call before there is a message.
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _complete.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>The responses of a call.</summary>
/// <typeparam name="T">Their type.</typeparam>
internal sealed class ServerStreamWriter<T>(HttpServerCallContext call, Marshaller<T> marshaller, int? limit) : IServerStreamWriter<T>
    where T : class
{
    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        call.CancellationToken.ThrowIfCancellationRequested();
        PipeWriter body = call.Http.Response.BodyWriter;
        marshaller.ContextualSerializer(message, new MessageWriter(body, limit));

        // Not cancellable: half a message would be the end of the stream. A client that is gone fails it.
        await body.FlushAsync(CancellationToken.None);
    }
}

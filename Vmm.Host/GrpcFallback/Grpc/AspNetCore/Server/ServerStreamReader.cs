using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>The requests of a call.</summary>
/// <typeparam name="T">Their type.</typeparam>
internal sealed class ServerStreamReader<T>(MessageReader<T> messages, HttpServerCallContext call) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("there is no current message");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.CancellationToken);
        _current = await messages.ReadAsync(either.Token);
        return _current is not null;
    }

    /// <summary>Reads the request of a call that has one.</summary>
    internal async Task<T> ReadOnlyAsync()
    {
        T request = await messages.ReadAsync(call.CancellationToken) ?? throw Failure("the request has no message");
        return await messages.ReadAsync(call.CancellationToken) is null ? request : throw Failure("the request has more than one message");
    }

    private static RpcException Failure(string detail) => new(new Status(StatusCode.Internal, detail));
}

namespace Grpc.Core;

/// <summary>Messages that go out one after the other; a write is over before the next one begins.</summary>
/// <typeparam name="T">Their type.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Sends one; completes when the transport has room for more.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends one; completes when the transport has room for more.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken);
}

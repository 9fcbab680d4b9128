namespace Grpc.Core;

/// <summary>Messages that come in one after the other.</summary>
/// <typeparam name="T">Their type.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that <see cref="MoveNext"/> read.</summary>
    T Current { get; }

    /// <summary>Reads the next one.</summary>
    /// <returns>False at the end.</returns>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

using Google.Protobuf;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Serving;

/// <summary>
/// Calls by the id that the client chose: after a lost connection it repeats the call with the same id, and gets the answer of the first one, also when
/// that was a refusal, also when it is still to come.
/// </summary>
/// <param name="time">Clock.</param>
internal sealed class RequestMemory(TimeProvider time)
{
    /// <summary>How long an id is kept.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>How many ids are kept at the most; beyond that the oldest go, which bounds what a client in a loop can cost.</summary>
    internal const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Remembered> _calls = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldestFirst = new();

    /// <summary>With the system's clock.</summary>
    public RequestMemory()
        : this(TimeProvider.System)
    {
    }

    /// <summary>Serves a call, or answers with what its first time gave.</summary>
    /// <param name="id">The client's id; empty for a call that is not remembered.</param>
    /// <param name="request">The request.</param>
    /// <param name="serve">Serves it. A remembered call goes on when its client is gone.</param>
    /// <param name="cancellation">The client is gone, or its deadline over.</param>
    /// <exception cref="ControlException">The id was used for another request.</exception>
    internal async Task<T> OnceAsync<T>(string id, IMessage request, Func<CancellationToken, Task<T>> serve, CancellationToken cancellation)
        where T : class
    {
        if (id.Length == 0)
        {
            return await serve(cancellation);
        }

        Remembered? call;
        lock (_gate)
        {
            Forget();
            if (!_calls.TryGetValue(id, out call))
            {
                _calls[id] = call = new Remembered(request, Task.Run<object>(async () => await serve(CancellationToken.None)), time.GetUtcNow());
                _oldestFirst.Enqueue(id);
            }
        }

        return call.Request.Equals(request)
            ? (T)await call.Answer.WaitAsync(cancellation)
            : throw new ControlException(ControlReason.RequestIdReused, $"the request id \"{id}\" was used for another call; choose a new one for each");
    }

    private void Forget()
    {
        DateTimeOffset now = time.GetUtcNow();
        while (_oldestFirst.TryPeek(out string? id) && (_oldestFirst.Count >= Capacity || now - _calls[id].At > Kept))
        {
            _oldestFirst.Dequeue();
            _calls.Remove(id);
        }
    }

    private sealed record Remembered(IMessage Request, Task<object> Answer, DateTimeOffset At);
}

using System.Runtime.CompilerServices;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Control.Events;

/// <summary>
/// What happened, numbered without gaps, and those who watch. It keeps the last so many events: a watcher that comes back with the last number it
/// saw misses nothing and sees nothing twice, or is told that it came too late. Writers never wait for watchers.
/// </summary>
/// <typeparam name="T">What happens.</typeparam>
public sealed class EventLog<T>
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _kept = new();
    private readonly int _capacity;
    private ulong _last;
    private TaskCompletionSource _more = New();
    private bool _completed;

    /// <summary>Makes a log.</summary>
    /// <param name="capacity">How many events are kept, at least 1.</param>
    /// <param name="last">Number of the last event of the past; 0 for none.</param>
    /// <param name="past">Events of the past, the last of which has that number; more than <paramref name="capacity"/> are cut at the front.</param>
    public EventLog(int capacity, ulong last = 0, IReadOnlyCollection<T>? past = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, (ulong)(past?.Count ?? 0));
        _capacity = capacity;
        _last = last;
        foreach (T one in past ?? [])
        {
            Keep(one);
        }
    }

    /// <summary>Number of the newest event; 0 before the first.</summary>
    public ulong Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Adds an event.</summary>
    /// <returns>Its number.</returns>
    public ulong Append(T happened)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_completed, this);
            Keep(happened);
            _last++;
            Notify();
            return _last;
        }
    }

    /// <summary>Ends all watching, once what is there has been seen.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Notify();
        }
    }

    /// <summary>All events that are kept.</summary>
    public IReadOnlyList<Numbered<T>> Kept()
    {
        lock (_gate)
        {
            return Read(_last - (ulong)_kept.Count);
        }
    }

    /// <summary>The events after some number that there are now.</summary>
    /// <exception cref="ControlException">They are not kept any more, or the number is none of this log's: <see cref="ControlReason.EventsForgotten"/>.</exception>
    public IReadOnlyList<Numbered<T>> After(ulong sequence)
    {
        lock (_gate)
        {
            return Read(sequence);
        }
    }

    /// <summary>Events as they happen.</summary>
    /// <param name="after">The number after which to begin; null for what happens from now on.</param>
    /// <param name="cancellation">Ends the watching.</param>
    /// <exception cref="ControlException">Events are not kept any more, also when the watcher is too slow, or the number is none of this log's.</exception>
    public IAsyncEnumerable<Numbered<T>> WatchAsync(ulong? after, CancellationToken cancellation = default) =>
        WatchFromAsync(after ?? Last, cancellation); // "now" is when this is called, not when the first event is asked for

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async IAsyncEnumerable<Numbered<T>> WatchFromAsync(ulong seen, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            List<Numbered<T>> news;
            Task more;
            bool completed;
            lock (_gate)
            {
                news = Read(seen);
                more = _more.Task;
                completed = _completed;
            }

            foreach (Numbered<T> one in news)
            {
                yield return one;
                seen = one.Sequence;
            }

            if (news.Count == 0)
            {
                if (completed)
                {
                    yield break;
                }

                await more.WaitAsync(cancellation);
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    private List<Numbered<T>> Read(ulong after)
    {
        ulong forgotten = _last - (ulong)_kept.Count;
        if (after < forgotten)
        {
            throw new ControlException(ControlReason.EventsForgotten, $"events up to number {forgotten} are not kept any more; the watcher has seen those up to {after}");
        }

        if (after > _last)
        {
            throw new ControlException(ControlReason.EventsForgotten, $"there is no event {after} yet, the last one is {_last}: the number is another source's");
        }

        return [.. _kept.Skip((int)(after - forgotten)).Select((one, index) => new Numbered<T>(after + 1 + (ulong)index, one))];
    }

    private void Keep(T one)
    {
        if (_kept.Count == _capacity)
        {
            _kept.Dequeue();
        }

        _kept.Enqueue(one);
    }

    private void Notify()
    {
        _more.SetResult();
        _more = New();
    }
}

using System.Numerics;

namespace Vmm.Tdx.Tracing;

/// <summary>
/// Records on their way from all vCPU threads to one reader. It never makes a vCPU wait: what finds no room is counted as lost.
/// </summary>
/// <remarks>
/// A slot's sequence says whose turn it is: equal to the position, a writer's; one more, the reader's; then the writer's of the next round.
/// (D. Vyukov's bounded queue.)
/// </remarks>
public sealed class TraceRing : ITraceSink
{
    /// <summary>Room for a burst of several milliseconds on many vCPUs, in less than 3 MiB.</summary>
    public const int DefaultCapacity = 8192;

    private readonly Slot[] _slots;
    private readonly long _mask;
    private long _head;
    private long _tail;
    private long _lost;

    /// <summary>Makes an empty ring.</summary>
    /// <param name="capacity">Records it holds; rounded up to a power of two.</param>
    public TraceRing(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _slots = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 2))];
        _mask = _slots.Length - 1;
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i].Sequence = i;
        }
    }

    /// <summary>Takes the number of records that were lost and that no later record tells of.</summary>
    public long TakeLost() => Volatile.Read(ref _lost) == 0 ? 0 : Interlocked.Exchange(ref _lost, 0);

    /// <inheritdoc/>
    public void Write(in TraceRecord record)
    {
        for (long position = Volatile.Read(ref _head); ;)
        {
            ref Slot slot = ref _slots[position & _mask];
            long turn = Volatile.Read(ref slot.Sequence) - position;
            if (turn < 0)
            {
                Interlocked.Increment(ref _lost);
                return;
            }

            long seen = turn == 0 ? Interlocked.CompareExchange(ref _head, position + 1, position) : Volatile.Read(ref _head);
            if (turn == 0 && seen == position)
            {
                slot.Record = record;
                slot.Record.Lost = TakeLost();
                Volatile.Write(ref slot.Sequence, position + 1);
                return;
            }

            position = seen;
        }
    }

    /// <summary>Takes the oldest record; for one thread at a time.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out TraceRecord record)
    {
        ref Slot slot = ref _slots[_tail & _mask];
        if (Volatile.Read(ref slot.Sequence) != _tail + 1)
        {
            record = default;
            return false;
        }

        record = slot.Record;
        Volatile.Write(ref slot.Sequence, _tail + _slots.Length);
        _tail++;
        return true;
    }

    private struct Slot
    {
        public long Sequence;
        public TraceRecord Record;
    }
}

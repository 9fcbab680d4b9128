namespace Vmm.Host.Consoles;

/// <summary>
/// The last so many bytes that a machine printed. Readers stand at positions of their own and never hold the writer up: who is too slow finds bytes
/// missing, and is told how many.
/// </summary>
/// <param name="capacity">How many bytes are kept, at least 1.</param>
public sealed class ConsoleHistory(int capacity)
{
    /// <summary>Some thousand lines: what terminals scroll back.</summary>
    public const int DefaultCapacity = 256 << 10;

    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[capacity];
    private long _end;
    private bool _completed;
    private TaskCompletionSource? _more;

    /// <summary>How many bytes were printed in all: the position of the next one.</summary>
    public long End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>Position of the oldest byte that is kept.</summary>
    public long Start
    {
        get
        {
            lock (_gate)
            {
                return Oldest;
            }
        }
    }

    private long Oldest => Math.Max(0, _end - _ring.Length);

    /// <summary>Appends what was printed.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            ReadOnlySpan<byte> kept = data[Math.Max(0, data.Length - _ring.Length)..];
            int at = (int)((_end + data.Length - kept.Length) % _ring.Length);
            int untilEnd = Math.Min(kept.Length, _ring.Length - at);
            kept[..untilEnd].CopyTo(_ring.AsSpan(at));
            kept[untilEnd..].CopyTo(_ring);
            _end += data.Length;
            Notify();
        }
    }

    /// <summary>Nothing more will be printed.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Notify();
        }
    }

    /// <summary>Copies what is there from a position on.</summary>
    /// <param name="position">Where to begin.</param>
    /// <param name="buffer">Room for the bytes.</param>
    /// <param name="missed">How many bytes from there on are not kept any more.</param>
    /// <returns>How many bytes were copied: those after the missed ones.</returns>
    public int Read(long position, Span<byte> buffer, out long missed)
    {
        lock (_gate)
        {
            missed = Math.Max(0, Oldest - position);
            position += missed;
            int count = (int)Math.Clamp(_end - position, 0, buffer.Length);
            int at = (int)(position % _ring.Length);
            int untilEnd = Math.Min(count, _ring.Length - at);
            _ring.AsSpan(at, untilEnd).CopyTo(buffer);
            _ring.AsSpan(0, count - untilEnd).CopyTo(buffer[untilEnd..]);
            return count;
        }
    }

    /// <summary>Waits until there is something at a position.</summary>
    /// <returns>False when there will never be.</returns>
    public async ValueTask<bool> WaitAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (position < _end || _completed)
                {
                    return position < _end;
                }

                more = (_more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await more.WaitAsync(cancellation);
        }
    }

    private void Notify()
    {
        _more?.SetResult();
        _more = null;
    }
}

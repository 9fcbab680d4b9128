using System.Buffers;

namespace Vmm.Devices.Streams;

/// <summary>Bytes on their way, first in, first out, up to a number of them. It has memory only while there are some.</summary>
/// <param name="capacity">The most bytes; a power of two.</param>
internal sealed class ByteRing(int capacity)
{
    private byte[]? _bytes;
    private int _first;

    /// <summary>Bytes that are there.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that fit.</summary>
    public int Room => capacity - Count;

    /// <summary>The first bytes, as many as lie together; not empty unless the ring is.</summary>
    public ReadOnlySpan<byte> Front => _bytes.AsSpan(_first, Math.Min(Count, capacity - _first));

    /// <summary>Takes as many bytes as fit.</summary>
    /// <returns>How many.</returns>
    public int Write(ReadOnlySpan<byte> data)
    {
        int taken = Math.Min(data.Length, Room);
        if (taken == 0)
        {
            return 0;
        }

        _bytes ??= ArrayPool<byte>.Shared.Rent(capacity);
        int end = (_first + Count) & (capacity - 1);
        int untilWrap = Math.Min(taken, capacity - end);
        data[..untilWrap].CopyTo(_bytes.AsSpan(end));
        data[untilWrap..taken].CopyTo(_bytes);
        Count += taken;
        return taken;
    }

    /// <summary>Drops the first bytes.</summary>
    public void Advance(int count)
    {
        _first = (_first + count) & (capacity - 1);
        Count -= count;
        if (Count == 0)
        {
            Clear();
        }
    }

    /// <summary>Drops all of them.</summary>
    public void Clear()
    {
        (_first, Count) = (0, 0);
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}

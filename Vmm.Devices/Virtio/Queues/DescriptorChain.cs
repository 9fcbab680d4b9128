using Vmm.Core.Memory;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>
/// One request: buffers that the device reads, then buffers that it writes. A chain is made once and used for one request after the other; it holds
/// addresses and no memory, for the guest may take pages away at any moment.
/// </summary>
public sealed class DescriptorChain
{
    private readonly IDeviceMemory _memory;
    private readonly GuestSegment[] _segments;
    private int _readable;
    private int _count;

    /// <summary>Makes an empty one.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="capacity">The most buffers it can hold.</param>
    public DescriptorChain(IDeviceMemory memory, int capacity)
    {
        _memory = memory;
        _segments = new GuestSegment[capacity];
    }

    /// <summary>The most buffers it can hold.</summary>
    public int Capacity => _segments.Length;

    /// <summary>Bytes to read.</summary>
    public uint ReadableLength { get; private set; }

    /// <summary>Bytes to write.</summary>
    public uint WritableLength { get; private set; }

    /// <summary>The buffers to read.</summary>
    public ReadOnlySpan<GuestSegment> Readable => _segments.AsSpan(0, _readable);

    /// <summary>The buffers to write.</summary>
    public ReadOnlySpan<GuestSegment> Writable => _segments.AsSpan(_readable, _count - _readable);

    /// <summary>What to give it back with.</summary>
    internal ChainTicket Ticket { get; private set; }

    internal bool IsEmpty => _count == 0;

    /// <summary>Copies bytes that the driver wrote.</summary>
    /// <param name="offset">Position of the first one in <see cref="Readable"/>.</param>
    /// <param name="destination">Where they go.</param>
    /// <returns>False when there are fewer, or the guest has taken the memory away.</returns>
    public bool TryRead(uint offset, Span<byte> destination) => _memory.TryRead(Readable, offset, destination);

    /// <summary>Copies bytes to the driver.</summary>
    /// <param name="offset">Position of the first one in <see cref="Writable"/>.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False when there is less room, or the guest has taken the memory away.</returns>
    public bool TryWrite(uint offset, ReadOnlySpan<byte> source) => _memory.TryWrite(Writable, offset, source);

    /// <summary>Cuts a run of bytes out of buffers.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="offset">Position of the first byte.</param>
    /// <param name="length">Number of bytes; the buffers have them.</param>
    /// <param name="result">Takes the parts; as long as <paramref name="buffers"/>.</param>
    /// <returns>The parts.</returns>
    public static ReadOnlySpan<GuestSegment> Slice(ReadOnlySpan<GuestSegment> buffers, uint offset, uint length, Span<GuestSegment> result)
    {
        int count = 0;
        foreach (GuestSegment buffer in buffers)
        {
            uint skipped = Math.Min(offset, (uint)buffer.Length);
            uint taken = Math.Min(length, (uint)buffer.Length - skipped);
            if (taken != 0)
            {
                result[count++] = new GuestSegment(buffer.Gpa + skipped, (int)taken);
            }

            offset -= skipped;
            length -= taken;
        }

        return result[..count];
    }

    internal void Start(ushort id, int slots)
    {
        Ticket = new ChainTicket(id, slots);
        (_readable, _count) = (0, 0);
        (ReadableLength, WritableLength) = (0, 0);
    }

    internal void End(ushort id, int slots) => Ticket = new ChainTicket(id, slots);

    internal QueueFault Add(ulong address, uint length, bool isWritable)
    {
        // 2.7.5.2: 4 GiB at the most in a chain. A buffer of nothing is forbidden nowhere, and no driver makes one.
        if (length is 0 or > int.MaxValue || ReadableLength + (ulong)WritableLength + length > uint.MaxValue)
        {
            return QueueFault.BadLength;
        }

        if (_count == _segments.Length)
        {
            return QueueFault.ChainTooLong;
        }

        if (!isWritable && _count != _readable)
        {
            return QueueFault.ReadableAfterWritable; // 2.7.4.2
        }

        if (!_memory.TryGetSpan(address, (int)length, out _))
        {
            return QueueFault.ForbiddenMemory;
        }

        _segments[_count++] = new GuestSegment(address, (int)length);
        if (isWritable)
        {
            WritableLength += length;
        }
        else
        {
            _readable = _count;
            ReadableLength += length;
        }

        return QueueFault.None;
    }
}

using System.Buffers.Binary;
using Vmm.Core.Memory;
using Vmm.Core.Network;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Buffers of the driver that wait for packets, in order, as one run of memory.</summary>
/// <param name="capacity">The most segments of a buffer; twice as many fit in all.</param>
internal sealed class ReceiveBuffers(int capacity)
{
    private readonly GuestSegment[] _segments = new GuestSegment[2 * capacity];
    private readonly ReceiveBuffer[] _buffers = new ReceiveBuffer[2 * capacity];
    private int _firstSegment;
    private int _endSegment;
    private int _firstBuffer;
    private int _endBuffer;

    /// <summary>Number of bytes in them.</summary>
    public long Room { get; private set; }

    /// <summary>Places of the queue that they take.</summary>
    public int Slots { get; private set; }

    /// <summary>Whether there may be no space for another one.</summary>
    public bool IsFull => _endSegment - _firstSegment > capacity;

    /// <summary>Their memory.</summary>
    public ReadOnlySpan<GuestSegment> Segments => _segments.AsSpan(_firstSegment.._endSegment);

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        (_firstSegment, _endSegment, _firstBuffer, _endBuffer) = (0, 0, 0, 0);
        (Room, Slots) = (0, 0);
    }

    /// <summary>Adds one; not when <see cref="IsFull"/>.</summary>
    public void Add(DescriptorChain chain)
    {
        if (_segments.Length - _endSegment < capacity || _endBuffer == _buffers.Length)
        {
            MoveToFront();
        }

        ReadOnlySpan<GuestSegment> added = chain.Writable;
        added.CopyTo(_segments.AsSpan(_endSegment));
        _endSegment += added.Length;
        _buffers[_endBuffer++] = new ReceiveBuffer(chain.Ticket, added.Length, chain.WritableLength);
        Room += chain.WritableLength;
        Slots += chain.Ticket.Slots;
    }

    /// <summary>Gives those back that a packet is in, after its header was told how many they are (5.1.6.4).</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="length">Length of the packet; no more than <see cref="Room"/>.</param>
    public void Give(Virtqueue queue, IDeviceMemory memory, uint length)
    {
        int count = 0;
        for (long left = length; left > 0; left -= _buffers[_firstBuffer + count++].Length)
        {
            // Only counted.
        }

        Span<byte> field = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)count);
        _ = memory.TryWrite(Segments, (uint)PacketHeader.BufferCountOffset, field); // memory that is gone is the guest's loss
        for (int i = 0; i < count; i++)
        {
            ReceiveBuffer buffer = _buffers[_firstBuffer++];
            uint written = Math.Min(length, buffer.Length);
            queue.Push(buffer.Ticket, written);
            length -= written;
            _firstSegment += buffer.Segments;
            Room -= buffer.Length;
            Slots -= buffer.Ticket.Slots;
        }
    }

    private void MoveToFront()
    {
        Segments.CopyTo(_segments);
        _buffers.AsSpan(_firstBuffer.._endBuffer).CopyTo(_buffers);
        (_firstSegment, _endSegment) = (0, _endSegment - _firstSegment);
        (_firstBuffer, _endBuffer) = (0, _endBuffer - _firstBuffer);
    }
}

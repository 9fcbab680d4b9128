using Vmm.Core.Memory;
using Vmm.Core.Network;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Puts packets into the driver's buffers (virtio 1.2, 5.1.6.3 and 5.1.6.4).</summary>
/// <remarks>
/// A packet goes straight into as many buffers as the ones before it needed. How long it is shows only when it is there: the rest of one that is longer waits
/// on the host's side for further buffers, so that nothing is lost because a driver has fallen behind.
/// </remarks>
/// <param name="port">Where packets come from.</param>
/// <param name="wait">What the queue's thread waits on.</param>
/// <param name="memory">Guest memory.</param>
/// <param name="capacity">The most segments of a buffer.</param>
internal sealed class ReceiveQueue(IPacketPort port, PortQueueWait wait, IDeviceMemory memory, int capacity)
{
    // The driver shall begin with the first packets while more are on their way.
    private const int PacketsPerNotification = 16;

    private readonly ReceiveBuffers _buffers = new(capacity);
    private int _length; // of the packet that is on its way; 0 when there is none
    private int _placed; // bytes of it that are in buffers
    private int _wanted = 1; // bytes of buffers to receive into

    private enum Step
    {
        Done,
        Wait,
        Refuse,
    }

    /// <summary>Packets to the guest.</summary>
    public NetCounters Counters { get; } = new();

    /// <summary>Whether a packet may be in several buffers.</summary>
    public bool MayMerge { get; set; }

    /// <summary>Forgets buffers and packets.</summary>
    public void Reset()
    {
        _buffers.Clear();
        (_length, _placed, _wanted) = (0, 0, 1);
    }

    /// <summary>Moves packets until there are no more of them, or no buffers.</summary>
    /// <returns>False when the driver has given something that is no buffer.</returns>
    public bool TryServe(Virtqueue queue)
    {
        int packets = 0;
        Step step;
        while ((step = MovePacket(queue)) == Step.Done)
        {
            if (++packets % PacketsPerNotification == 0)
            {
                queue.Notify();
            }
        }

        return step == Step.Wait;
    }

    private Step MovePacket(Virtqueue queue)
    {
        if (_length == 0 && Receive(queue) is var received and not Step.Done)
        {
            return received;
        }

        if (_placed < _length && PlaceRest(queue) is var placed and not Step.Done)
        {
            return placed;
        }

        if (_placed < _length)
        {
            Counters.CountDrop(); // the buffers wait for the next one
        }
        else
        {
            Counters.Count(_length - PacketHeader.Size);
            _buffers.Give(queue, memory, (uint)_length);
        }

        _wanted = Math.Max(_length, _wanted / 2);
        _length = 0;
        return Step.Done;
    }

    private Step Receive(Virtqueue queue)
    {
        if (!TryGather(queue, MayMerge ? _wanted : 1))
        {
            return Step.Refuse;
        }

        if (_buffers.Room == 0)
        {
            return Step.Wait;
        }

        switch (port.TryReceive(memory, _buffers.Segments, out _length))
        {
            case PacketStatus.Done:
                _placed = (int)Math.Min(_length, _buffers.Room);
                return Step.Done;
            case PacketStatus.NotReady:
                wait.Want(PortEvents.Receive);
                return Step.Wait;
            case PacketStatus.ForbiddenMemory:
                return Step.Refuse;
            default:
                return Step.Wait; // until the link is up again
        }
    }

    // A driver whose queue is in hand as a whole will have no further buffers, and one that does not merge wants none: then the packet is lost.
    private Step PlaceRest(Virtqueue queue)
    {
        if (!MayMerge)
        {
            return Step.Done;
        }

        if (!TryGather(queue, _length))
        {
            return Step.Refuse;
        }

        if (_buffers.Room < _length)
        {
            return _buffers.IsFull || _buffers.Slots >= queue.Size ? Step.Done : Step.Wait;
        }

        if (!memory.TryWrite(_buffers.Segments, (uint)_placed, port.Rest))
        {
            return Step.Refuse;
        }

        _placed = _length;
        return Step.Done;
    }

    // Takes as many of the driver's buffers as there are, up to a number of bytes. One has room for a header (5.1.6.3.1).
    private bool TryGather(Virtqueue queue, int bytes)
    {
        while (_buffers.Room < bytes && !_buffers.IsFull && queue.TryPop(out DescriptorChain chain))
        {
            if (chain.WritableLength < PacketHeader.Size)
            {
                return false;
            }

            _buffers.Add(chain);
        }

        return true;
    }
}

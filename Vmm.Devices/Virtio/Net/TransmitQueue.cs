using Vmm.Core.Memory;
using Vmm.Core.Network;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Sends the driver's packets (virtio 1.2, 5.1.6.2).</summary>
/// <param name="port">Where packets go.</param>
/// <param name="wait">What the queue's thread waits on.</param>
/// <param name="memory">Guest memory.</param>
internal sealed class TransmitQueue(IPacketPort port, PortQueueWait wait, IDeviceMemory memory)
{
    private const int PacketsPerNotification = 16;

    private DescriptorChain? _waiting; // for the port to take it

    /// <summary>Packets from the guest.</summary>
    public NetCounters Counters { get; } = new();

    /// <summary>Forgets the packet that waits.</summary>
    public void Reset() => _waiting = null;

    /// <summary>Sends packets until there are none left, or the port takes no more.</summary>
    /// <returns>False when the driver has given something that is no packet.</returns>
    public bool TryServe(Virtqueue queue)
    {
        int packets = 0;
        while (_waiting is not null || queue.TryPop(out _waiting))
        {
            if (_waiting.ReadableLength < PacketHeader.Size)
            {
                return false;
            }

            if (!TrySend(_waiting))
            {
                wait.Want(PortEvents.Send);
                return true;
            }

            queue.Push(_waiting, written: 0);
            _waiting = null;
            if (++packets % PacketsPerNotification == 0)
            {
                queue.Notify();
            }
        }

        _waiting = null;
        if (!port.TryFlush())
        {
            wait.Want(PortEvents.Send);
        }

        return true;
    }

    private bool TrySend(DescriptorChain packet)
    {
        switch (port.TrySend(memory, packet.Readable))
        {
            case PacketStatus.NotReady:
                return false;
            case PacketStatus.Done:
                Counters.Count(packet.ReadableLength - PacketHeader.Size);
                return true;
            default:
                Counters.CountDrop();
                return true;
        }
    }
}

using Vmm.Core.Memory;
using Vmm.Core.Sockets;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>Moves the data of packets between guest memory and sockets.</summary>
/// <param name="memory">Guest memory.</param>
/// <param name="segments">The most buffers in a packet.</param>
internal sealed class VsockTransfer(IDeviceMemory memory, int segments)
{
    private readonly GuestSegment[] _segments = new GuestSegment[segments];
    private long _toGuest;
    private long _fromGuest;

    public long BytesToGuest => Volatile.Read(ref _toGuest);

    public long BytesFromGuest => Volatile.Read(ref _fromGuest);

    /// <summary>Receives from a connection's socket. At its end the connection says so.</summary>
    /// <param name="connection">The connection, which may be readable.</param>
    /// <param name="packet">Takes the data.</param>
    /// <param name="offset">Position of the first byte in the packet.</param>
    /// <param name="most">The most bytes.</param>
    /// <returns>How many there were.</returns>
    public uint ToGuest(VsockConnection connection, DescriptorChain packet, uint offset, uint most)
    {
        uint moved = 0;
        uint length = Math.Min(most, packet.WritableLength - offset);
        foreach (GuestSegment segment in DescriptorChain.Slice(packet.Writable, offset, length, _segments))
        {
            if (!memory.TryGetSpan(segment.Gpa, segment.Length, out Span<byte> span))
            {
                break; // the guest has taken the memory away
            }

            int received = connection.Socket!.Receive(span);
            if (received > 0)
            {
                moved += (uint)received;
            }

            if (received < span.Length)
            {
                connection.IsReadable = received is not (0 or StreamSocket.WouldBlock or StreamSocket.Broken);
                connection.HostShutdown |= EndOf(received);
                break;
            }
        }

        connection.CountSent((int)moved);
        _toGuest += moved;
        return moved;
    }

    /// <summary>Hands the data of a packet to the host.</summary>
    /// <returns>False when the guest has taken the memory away.</returns>
    public bool ToHost(VsockConnection connection, DescriptorChain packet, uint offset, uint length)
    {
        foreach (GuestSegment segment in DescriptorChain.Slice(packet.Readable, offset, length, _segments))
        {
            if (!memory.TryGetSpan(segment.Gpa, segment.Length, out Span<byte> span))
            {
                return false;
            }

            connection.Forward(span);
        }

        _fromGuest += length;
        return true;
    }

    private static VsockShutdown EndOf(int received) => received switch
    {
        0 => VsockShutdown.Send,
        StreamSocket.Broken => VsockShutdown.Both,
        _ => VsockShutdown.None,
    };
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>Makes the packets for the guest (virtio 1.2, 5.10.6).</summary>
/// <param name="guestCid">Context id of the guest.</param>
/// <param name="outbox">What the guest has yet to hear.</param>
/// <param name="lifecycle">What becomes of connections.</param>
/// <param name="transfer">Moves data.</param>
/// <param name="counters">Counts.</param>
internal sealed class VsockSender(ulong guestCid, VsockOutbox outbox, VsockLifecycle lifecycle, VsockTransfer transfer, VsockCounters counters)
{
    private const uint LargestPacket = 64 * 1024; // as drivers have it

    /// <summary>Makes the next packet.</summary>
    /// <param name="packet">Takes it; has room for a header and a byte.</param>
    /// <returns>Its length; 0 when there is none.</returns>
    public uint Make(DescriptorChain packet)
    {
        if (outbox.TryTake(out VsockReset reset))
        {
            counters.CountReset();
            return Write(packet, new VsockHeader
            {
                SourceCid = reset.HostCid,
                SourcePort = reset.Key.HostPort,
                DestinationPort = reset.Key.GuestPort,
                Type = reset.Type,
                Operation = VsockOperation.Reset,
            });
        }

        while (outbox.Take() is { } connection)
        {
            uint length = Make(packet, connection);
            if (length != 0)
            {
                outbox.Add(connection); // it may have more, when the others have had their turn
                return length;
            }
        }

        return 0;
    }

    private uint Make(DescriptorChain packet, VsockConnection connection)
    {
        VsockOperation saying = connection.Saying;
        connection.Saying = VsockOperation.Invalid;
        return saying != VsockOperation.Invalid ? Write(packet, connection, saying)
            : connection.State != VsockState.Established ? 0
            : connection.IsReadable && !connection.IsOverToGuest && MakeOfData(packet, connection) is > 0 and uint length ? length
            : connection.HostShutdown != connection.HostShutdownTold ? MakeOfShutdown(packet, connection)
            : 0;
    }

    private uint MakeOfData(DescriptorChain packet, VsockConnection connection)
    {
        if (connection.GuestRoom == 0)
        {
            bool ask = !connection.CreditRequested;
            connection.CreditRequested = true;
            return ask ? Write(packet, connection, VsockOperation.CreditRequest) : 0;
        }

        uint length = transfer.ToGuest(connection, packet, VsockHeader.Size, Math.Min(connection.GuestRoom, LargestPacket));
        if (length != 0)
        {
            return Write(packet, connection, VsockOperation.ReadWrite, length);
        }

        if (connection.IsReadable)
        {
            return Write(packet, connection, VsockOperation.CreditUpdate); // the guest has taken the memory away: it has lost a packet
        }

        lifecycle.Settle(connection);
        return 0;
    }

    private uint MakeOfShutdown(DescriptorChain packet, VsockConnection connection)
    {
        connection.HostShutdownTold = connection.HostShutdown;
        uint length = Write(packet, connection, VsockOperation.Shutdown);
        if (connection.HostShutdownTold == VsockShutdown.Both)
        {
            connection.Close(); // the guest has the last word, by a reset
        }

        return length;
    }

    private uint Write(DescriptorChain packet, VsockConnection connection, VsockOperation operation, uint length = 0)
    {
        VsockHeader header = new()
        {
            SourceCid = VsockHeader.HostCid,
            SourcePort = connection.Key.HostPort,
            DestinationPort = connection.Key.GuestPort,
            Length = length,
            Type = VsockType.Stream,
            Operation = operation,
            Flags = operation == VsockOperation.Shutdown ? (uint)connection.HostShutdown : 0,
        };
        connection.TellCredit(ref header);
        return Write(packet, header);
    }

    private uint Write(DescriptorChain packet, VsockHeader header)
    {
        header.DestinationCid = guestCid;
        packet.TryWrite(0, MemoryMarshal.AsBytes(new ReadOnlySpan<VsockHeader>(in header))); // a guest that takes the memory away has lost the packet
        return VsockHeader.Size + header.Length;
    }
}

using System.Runtime.InteropServices;
using Vmm.Core.Sockets;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>Takes the packets of the guest (virtio 1.2, 5.10.6), whatever they are.</summary>
/// <param name="options">The guest's context id, and the size of buffers.</param>
/// <param name="connections">All connections.</param>
/// <param name="lifecycle">What becomes of them.</param>
/// <param name="clients">Those that programs of the host began.</param>
/// <param name="host">The host's side.</param>
/// <param name="transfer">Moves data.</param>
/// <param name="counters">Counts.</param>
internal sealed class VsockReceiver(
    VirtioVsockOptions options,
    VsockConnections connections,
    VsockLifecycle lifecycle,
    VsockClients clients,
    VsockHost host,
    VsockTransfer transfer,
    VsockCounters counters)
{
    private const int MostAttempts = 200; // two seconds at the muxer's pace, after which Linux gives up, too

    /// <summary>Whether some connection waits for a listener with too many clients.</summary>
    public bool AreListenersBusy { get; private set; }

    /// <summary>Takes a packet.</summary>
    public void Take(DescriptorChain packet)
    {
        VsockHeader header = default;
        if (!packet.TryRead(0, MemoryMarshal.AsBytes(new Span<VsockHeader>(ref header))) || header.SourceCid != options.Cid)
        {
            counters.CountDropped(); // 5.10.6.4: who forges a sender has no answer to expect
            return;
        }

        VsockKey key = new(header.SourcePort, header.DestinationPort);
        if (header.DestinationCid != VsockHeader.HostCid || header.Type != VsockType.Stream)
        {
            lifecycle.Refuse(in header, key);
        }
        else if (!connections.TryFind(key, out VsockConnection? connection))
        {
            TakeUnknown(in header, key);
        }
        else if (!TryTake(in header, packet, connection))
        {
            lifecycle.Abort(connection);
        }
    }

    /// <summary>Tries once more what busy listeners did not accept.</summary>
    public void ConnectAgain()
    {
        AreListenersBusy = false;
        connections.ForEach(VsockState.Connecting, this, static (receiver, connection) => receiver.Connect(connection));
    }

    private void TakeUnknown(in VsockHeader header, VsockKey key)
    {
        StreamSocket? socket = null;
        bool isBusy = false;
        if (header.Operation == VsockOperation.Request && !connections.AreFull)
        {
            socket = host.Connect(key.HostPort, out isBusy);
        }

        if (socket is null && !isBusy)
        {
            if (header.Operation == VsockOperation.Request)
            {
                counters.CountRefused();
            }

            lifecycle.Refuse(in header, key);
            return;
        }

        VsockConnection connection = new(key, VsockState.Connecting, options.BufferSize);
        connection.SetGuestCredit(header.BufferSpace, header.ForwardCount);
        connections.Add(connection);
        connections.Name(connection, key);
        Connected(connection, socket);
    }

    private void Connect(VsockConnection connection)
    {
        StreamSocket? socket = host.Connect(connection.Key.HostPort, out bool isBusy);
        if (socket is null && (!isBusy || ++connection.Attempts == MostAttempts))
        {
            counters.CountRefused();
            lifecycle.Abort(connection);
        }
        else
        {
            Connected(connection, socket);
        }
    }

    // Without a socket, later.
    private void Connected(VsockConnection connection, StreamSocket? socket)
    {
        if (socket is null)
        {
            AreListenersBusy = true;
            return;
        }

        connection.Socket = socket;
        if (!host.Watch(connection))
        {
            counters.CountRefused();
            lifecycle.Abort(connection);
            return;
        }

        counters.CountOpened();
        connection.State = VsockState.Established;
        lifecycle.Say(connection, VsockOperation.Response);
    }

    /// <returns>False when the packet is against the rules: the connection ends.</returns>
    private bool TryTake(in VsockHeader header, DescriptorChain packet, VsockConnection connection)
    {
        connection.SetGuestCredit(header.BufferSpace, header.ForwardCount);
        switch (header.Operation)
        {
            case VsockOperation.Reset:
                lifecycle.GuestHasReset(connection);
                return true;
            case VsockOperation.Response when connection.State == VsockState.Requested:
                clients.Accepted(connection);
                return true;
            case var _ when connection.State != VsockState.Established:
                return false;
            case VsockOperation.ReadWrite:
                return TryTakeData(in header, packet, connection);
            case VsockOperation.CreditUpdate:
                lifecycle.Settle(connection);
                return true;
            case VsockOperation.CreditRequest:
                lifecycle.Say(connection, VsockOperation.CreditUpdate);
                return true;
            case VsockOperation.Shutdown:
                connection.GuestShutdown |= (VsockShutdown)header.Flags & VsockShutdown.Both;
                lifecycle.Settle(connection);
                return true;
            default:
                return false;
        }
    }

    private bool TryTakeData(in VsockHeader header, DescriptorChain packet, VsockConnection connection)
    {
        if ((connection.GuestShutdown & VsockShutdown.Send) != 0 || header.Length > packet.ReadableLength - VsockHeader.Size
            || !connection.TryCountReceived(header.Length))
        {
            return false;
        }

        bool kept = connection.KeepsData;
        if (!transfer.ToHost(connection, packet, VsockHeader.Size, header.Length))
        {
            return false;
        }

        if (!kept && connection.KeepsData)
        {
            host.WaitForRoom(connection, wait: true);
        }

        lifecycle.Settle(connection);
        return true;
    }
}

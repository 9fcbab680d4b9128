namespace Vmm.Devices.Virtio.Vsock;

/// <summary>What becomes of connections: which of them have something to say to the guest, and which are over.</summary>
/// <param name="connections">All connections.</param>
/// <param name="outbox">What the guest has yet to hear.</param>
/// <param name="guestCanListen">Called when there is something new in it.</param>
internal sealed class VsockLifecycle(VsockConnections connections, VsockOutbox outbox, Action guestCanListen)
{
    /// <summary>Has a connection say something.</summary>
    public void Say(VsockConnection connection, VsockOperation operation)
    {
        connection.Saying = operation;
        outbox.Add(connection);
        guestCanListen();
    }

    /// <summary>Answers a packet that belongs to no connection by a reset; a reset is answered by nothing (virtio 1.2, 5.10.6.4).</summary>
    public void Refuse(in VsockHeader header, VsockKey key)
    {
        if (header.Operation != VsockOperation.Reset)
        {
            outbox.Add(new VsockReset(header.DestinationCid, key, header.Type));
            guestCanListen();
        }
    }

    /// <summary>Ends a connection by a reset.</summary>
    public void Abort(VsockConnection connection)
    {
        outbox.Add(new VsockReset(VsockHeader.HostCid, connection.Key, VsockType.Stream));
        Remove(connection);
        guestCanListen();
    }

    /// <summary>Ends a connection without a word.</summary>
    public void Remove(VsockConnection connection)
    {
        outbox.Remove(connection);
        connections.Remove(connection);
    }

    /// <summary>The guest has reset a connection.</summary>
    public void GuestHasReset(VsockConnection connection)
    {
        // A guest that has said all, and is tired of waiting until the host has taken it, takes nothing back.
        if ((connection.GuestShutdown & VsockShutdown.Send) != 0 && connection.KeepsData)
        {
            connection.State = VsockState.Draining;
            connection.GuestShutdown = VsockShutdown.Both;
            outbox.Remove(connection);
            connections.Unname(connection);
            Settle(connection);
        }
        else
        {
            Remove(connection);
        }
    }

    /// <summary>Does what follows when something about a connection has changed that was established.</summary>
    public void Settle(VsockConnection connection)
    {
        connection.PassShutdown();
        if (connection.IsOverToHost && connection.IsOverToGuest)
        {
            if (connection.State == VsockState.Draining)
            {
                Remove(connection);
                return;
            }

            if (connection.GuestShutdown == VsockShutdown.Both)
            {
                Abort(connection); // 5.10.6.6: a reset says that both have done with it
                return;
            }

            connection.HostShutdown = VsockShutdown.Both;
        }

        if (connection.State != VsockState.Established)
        {
            return;
        }

        if (connection.OwesCredit && connection.Saying == VsockOperation.Invalid)
        {
            connection.Saying = VsockOperation.CreditUpdate;
        }

        if (connection.HasSomethingToSay)
        {
            outbox.Add(connection);
            guestCanListen();
        }
    }
}

using Vmm.Core.Sockets;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>The connections that programs of the host begin: they say which port of the guest they want, and hear when it has accepted.</summary>
/// <param name="bufferSize">Bytes that are kept of a connection.</param>
/// <param name="connections">All connections.</param>
/// <param name="lifecycle">What becomes of them.</param>
/// <param name="host">The host's side.</param>
/// <param name="counters">Counts.</param>
internal sealed class VsockClients(int bufferSize, VsockConnections connections, VsockLifecycle lifecycle, VsockHost host, VsockCounters counters)
{
    private const uint FirstPort = 1 << 30; // the guest's listeners are below by custom
    private const uint LastPort = uint.MaxValue >> 1;
    private const int LongestAnswer = 16;

    private uint _nextPort = FirstPort;

    /// <summary>Accepts all that wait; those for which there is no room are closed.</summary>
    public void AcceptAll()
    {
        while (host.Accept() is { } client)
        {
            if (connections.AreFull)
            {
                counters.CountRefused();
                client.Dispose();
                continue;
            }

            VsockConnection connection = new(default, VsockState.Greeting, bufferSize) { Socket = client };
            connections.Add(connection);
            if (!host.Watch(connection))
            {
                lifecycle.Remove(connection);
            }
        }
    }

    /// <summary>A client may have said which port it wants.</summary>
    public void Greet(VsockConnection connection)
    {
        switch (connection.Greeting.Read(connection.Socket!, out uint port))
        {
            case VsockGreeting.Outcome.Complete:
                connection.State = VsockState.Requested;
                connections.Name(connection, FreeKey(port));
                lifecycle.Say(connection, VsockOperation.Request);
                break;
            case VsockGreeting.Outcome.Wrong:
                counters.CountRefused();
                lifecycle.Remove(connection);
                break;
        }
    }

    /// <summary>A client did not wait for the guest's answer.</summary>
    public void Abandon(VsockConnection connection)
    {
        if (connection.Saying == VsockOperation.Request)
        {
            lifecycle.Remove(connection); // the guest has not heard of it
        }
        else
        {
            lifecycle.Abort(connection);
        }
    }

    /// <summary>The guest has accepted.</summary>
    public void Accepted(VsockConnection connection)
    {
        ReadOnlySpan<byte> answer = VsockGreeting.Answer(connection.Key.HostPort, stackalloc byte[LongestAnswer]);
        counters.CountOpened();
        connection.State = VsockState.Established;
        if (connection.Socket!.Send(answer) != answer.Length)
        {
            connection.HostShutdown = VsockShutdown.Both; // the client is gone already
        }

        connection.IsReadable = true; // it may have gone on talking meanwhile
        lifecycle.Settle(connection);
    }

    private VsockKey FreeKey(uint guestPort)
    {
        VsockKey key;
        do
        {
            key = new VsockKey(guestPort, _nextPort);
            _nextPort = _nextPort == LastPort ? FirstPort : _nextPort + 1;
        }
        while (connections.TryFind(key, out _));
        return key;
    }
}

using Vmm.Core.Buses;
using Vmm.Core.Sockets;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>
/// Carries streams between the guest and sockets of the host: where the threads of the queues, the one that waits for sockets and the timer meet. They
/// come in one at a time, and none of them waits for anybody.
/// </summary>
/// <remarks>
/// Data is copied once, between guest memory and a socket. Only what a host does not take at once is kept, within the credit that the guest has.
/// </remarks>
internal sealed class VsockMuxer : IDisposable
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromMilliseconds(10);

    private readonly Lock _sync = new();
    private readonly VsockCounters _counters = new();
    private readonly VsockConnections _connections;
    private readonly VsockOutbox _outbox;
    private readonly VsockLifecycle _lifecycle;
    private readonly VsockTransfer _transfer;
    private readonly VsockHost _host;
    private readonly VsockClients _clients;
    private readonly VsockReceiver _receiver;
    private readonly VsockSender _sender;
    private readonly Action _guestCanTalk;
    private readonly ITimer _retry;
    private bool _running;
    private bool _willRetry;

    /// <summary>Begins to listen on the host.</summary>
    /// <param name="name">Name of the device.</param>
    /// <param name="options">Its options.</param>
    /// <param name="transfer">Moves data.</param>
    /// <param name="time">Clock of second attempts to connect.</param>
    /// <param name="guestCanListen">Called when there is something for the guest.</param>
    /// <param name="guestCanTalk">Called when packets of the guest are taken again.</param>
    /// <exception cref="IOException">The host refuses.</exception>
    public VsockMuxer(string name, VirtioVsockOptions options, VsockTransfer transfer, TimeProvider time, Action guestCanListen, Action guestCanTalk)
    {
        _guestCanTalk = guestCanTalk;
        _transfer = transfer;
        _connections = new VsockConnections(options.Connections);
        _outbox = new VsockOutbox(options.Connections);
        _lifecycle = new VsockLifecycle(_connections, _outbox, guestCanListen);
        lock (_sync) // the host calls as soon as it is there
        {
            _host = new VsockHost(name, options.Socket!.FullName, _connections, ClientsWait, SocketReady);
            _clients = new VsockClients(options.BufferSize, _connections, _lifecycle, _host, _counters);
            _receiver = new VsockReceiver(options, _connections, _lifecycle, _clients, _host, transfer, _counters);
            _sender = new VsockSender(options.Cid, _outbox, _lifecycle, transfer, _counters);
            _retry = time.CreateTimer(_ => ConnectAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>What it counts.</summary>
    public IEnumerable<DeviceMetric> Metrics =>
        [.. _counters.Metrics, new("bytesToGuest", _transfer.BytesToGuest), new("bytesFromGuest", _transfer.BytesFromGuest)];

    /// <summary>Whether packets of the guest are taken: not while it does not listen to the answers.</summary>
    public bool MayTake
    {
        get
        {
            lock (_sync)
            {
                return !_outbox.IsFull;
            }
        }
    }

    /// <summary>Whether there is something for the guest.</summary>
    public bool HasPackets
    {
        get
        {
            lock (_sync)
            {
                return !_outbox.IsEmpty;
            }
        }
    }

    /// <summary>The driver works: clients of the host are accepted.</summary>
    public void Start()
    {
        lock (_sync)
        {
            _running = true;
            _host.TellOfClients();
        }
    }

    /// <summary>Ends all connections.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Reset()
    {
        lock (_sync)
        {
            _running = false;
            bool had = _connections.Count != 0;
            _connections.ForEach(state: null, _lifecycle, static (lifecycle, connection) => lifecycle.Remove(connection));
            _outbox.Clear();
            return had;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _host.Dispose();
        Reset();
        _retry.Dispose();
    }

    /// <summary>Takes a packet of the guest.</summary>
    public void Take(DescriptorChain packet)
    {
        lock (_sync)
        {
            if (_running)
            {
                _receiver.Take(packet);
                RetryIfBusy();
            }
        }
    }

    /// <summary>Makes the next packet for the guest.</summary>
    /// <inheritdoc cref="VsockSender.Make(DescriptorChain)"/>
    public uint Make(DescriptorChain packet)
    {
        lock (_sync)
        {
            bool wasFull = _outbox.IsFull;
            uint length = _sender.Make(packet);
            if (wasFull && !_outbox.IsFull)
            {
                _guestCanTalk();
            }

            return length;
        }
    }

    private void ClientsWait()
    {
        lock (_sync)
        {
            if (_running)
            {
                _clients.AcceptAll();
            }
        }
    }

    private void ConnectAgain()
    {
        lock (_sync)
        {
            _willRetry = false;
            if (_running)
            {
                _receiver.ConnectAgain();
                RetryIfBusy();
            }
        }
    }

    private void RetryIfBusy()
    {
        if (_receiver.AreListenersBusy && !_willRetry)
        {
            _willRetry = true;
            _retry.Change(BusyRetry, Timeout.InfiniteTimeSpan);
        }
    }

    private void SocketReady(ulong token, SocketEvents events)
    {
        lock (_sync)
        {
            if (_connections.Find(token) is { } connection)
            {
                SocketReady(connection, events);
            }
        }
    }

    private void SocketReady(VsockConnection connection, SocketEvents events)
    {
        bool isGone = (events & SocketEvents.HangUp) != 0;
        switch (connection.State)
        {
            case VsockState.Greeting:
                _clients.Greet(connection);
                return;
            case VsockState.Requested when isGone:
                _clients.Abandon(connection);
                return;
            case VsockState.Requested:
                return; // what it says already is for later
        }

        connection.IsReadable |= connection.Socket is not null && (isGone || (events & SocketEvents.Readable) != 0);
        connection.HostShutdown |= isGone ? VsockShutdown.Receive : 0;
        if (connection.KeepsData)
        {
            connection.ForwardKept();
            if (!connection.KeepsData && connection.Socket is not null)
            {
                _host.WaitForRoom(connection, wait: false);
            }
        }

        _lifecycle.Settle(connection);
    }
}

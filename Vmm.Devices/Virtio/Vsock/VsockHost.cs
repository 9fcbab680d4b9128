using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using Vmm.Core.Sockets;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>The host's side: the socket that leads into the guest, those that the guest's ways lead to, and the thread that waits for all of them.</summary>
internal sealed class VsockHost : IDisposable
{
    /// <summary>The longest suffix of a socket that the guest connects to.</summary>
    public const int SuffixLength = 11; // _4294967295

    private const ulong ListenerToken = ulong.MaxValue - 1;
    private const int Backlog = 4096;

    private readonly UnixListener _listener;
    private readonly SocketPoller _poller;
    private readonly byte[] _path;
    private readonly VsockConnections _connections;

    /// <summary>Begins to listen.</summary>
    /// <param name="name">Name of the device.</param>
    /// <param name="path">The socket that leads into the guest.</param>
    /// <param name="connections">All connections.</param>
    /// <param name="clientsWait">Called when there are clients to accept.</param>
    /// <param name="socketReady">Called with the token of a connection when its socket is ready for something.</param>
    /// <exception cref="IOException">The host refuses.</exception>
    public VsockHost(string name, string path, VsockConnections connections, Action clientsWait, Action<ulong, SocketEvents> socketReady)
    {
        _path = Encoding.UTF8.GetBytes(path);
        _connections = connections;
        _listener = UnixListener.Listen(path, Backlog);
        _listener.Socket.Blocking = false;
        try
        {
            _poller = new SocketPoller($"{name} sockets", (token, events) =>
            {
                if (token == ListenerToken)
                {
                    clientsWait();
                }
                else
                {
                    socketReady(token, events);
                }
            });
            _poller.Add(_listener.Socket, ListenerToken);
        }
        catch (IOException)
        {
            _listener.Dispose();
            throw;
        }
    }

    /// <summary>Has clients told of that wait already.</summary>
    public void TellOfClients() => _poller.Change(_listener.Socket, ListenerToken);

    /// <summary>Accepts a client.</summary>
    /// <returns>Null when none waits.</returns>
    public StreamSocket? Accept() => StreamSocket.Accept(_listener.Socket);

    /// <summary>Connects to who listens for the guest at a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="isBusy">Whether there is somebody, who has too many clients waiting.</param>
    /// <returns>Null when that cannot be.</returns>
    public StreamSocket? Connect(uint port, out bool isBusy)
    {
        Span<byte> path = stackalloc byte[UnixListener.LongestPath];
        _path.CopyTo(path);
        path[_path.Length] = (byte)'_';
        Utf8Formatter.TryFormat(port, path[(_path.Length + 1)..], out int digits);
        return StreamSocket.Connect(path[..(_path.Length + 1 + digits)], out isBusy);
    }

    /// <summary>Begins to wait for what a connection's socket receives.</summary>
    public bool Watch(VsockConnection connection) => _poller.Add(connection.Socket!, _connections.TokenOf(connection), SocketEvents.Readable);

    /// <summary>Waits for room in a connection's socket, or no longer.</summary>
    public void WaitForRoom(VsockConnection connection, bool wait) => _poller.Change(
        connection.Socket!, _connections.TokenOf(connection), SocketEvents.Readable | (wait ? SocketEvents.Writable : 0));

    /// <summary>Ends the thread, and listens no more. No lock may be held that the callbacks take.</summary>
    public void Dispose()
    {
        _poller.Dispose();
        _listener.Dispose();
    }
}

using System.Net.Sockets;
using Vmm.Core.Interop;

namespace Vmm.Core.Sockets;

/// <summary>
/// A thread that waits for many sockets. It tells once when something becomes possible, and again only after that was tried until it would block
/// (edge-triggered epoll). A socket leaves by being closed.
/// </summary>
public sealed class SocketPoller : IDisposable
{
    private const int Batch = 64;
    private const ulong StopToken = ulong.MaxValue;

    private readonly Action<ulong, SocketEvents> _ready;
    private readonly Thread _thread;
    private readonly int _poll;
    private readonly EventFd _stop;
    private int _disposed;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Name of the thread.</param>
    /// <param name="ready">Called on it with the token of a socket; throws nothing. A socket that was closed meanwhile may be told of once more.</param>
    /// <exception cref="IOException">The host has no more descriptors.</exception>
    public SocketPoller(string name, Action<ulong, SocketEvents> ready)
    {
        _ready = ready;
        _stop = EventFd.Create();
        _poll = Libc.CreatePoll();
        if (_poll < 0 || Libc.ControlPoll(_poll, Libc.EpollAdd, _stop.Descriptor, Libc.EpollIn, StopToken) < 0)
        {
            Libc.Close(_poll);
            _stop.Dispose();
            throw new IOException("the host has no descriptor left to wait for sockets with; raise the limit (ulimit -n)");
        }

        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Begins to wait for something. If it is possible already, that is told at once.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="token">What is told with its events; any number but the largest.</param>
    /// <param name="events">What to wait for; the end of the connection is always told.</param>
    /// <returns>False when the host refuses.</returns>
    public bool Add(StreamSocket socket, ulong token, SocketEvents events) => Control(Libc.EpollAdd, socket.File, token, events);

    /// <summary>Begins to wait for clients.</summary>
    /// <returns>False when the host refuses.</returns>
    public bool Add(Socket listener, ulong token) => Control(Libc.EpollAdd, (int)listener.Handle, token, SocketEvents.Readable);

    /// <summary>Waits for something else from now on. If it is possible already, that is told at once.</summary>
    public bool Change(StreamSocket socket, ulong token, SocketEvents events) => Control(Libc.EpollChange, socket.File, token, events);

    /// <summary>Tells of clients that wait already once more.</summary>
    public bool Change(Socket listener, ulong token) => Control(Libc.EpollChange, (int)listener.Handle, token, SocketEvents.Readable);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _stop.Raise();
            _thread.Join();
            Libc.Close(_poll);
            _stop.Dispose();
        }
    }

    private bool Control(int operation, int file, ulong token, SocketEvents events)
    {
        uint wanted = Libc.EpollEdgeTriggered
            | ((events & SocketEvents.Readable) != 0 ? Libc.EpollIn : 0)
            | ((events & SocketEvents.Writable) != 0 ? Libc.EpollOut : 0);
        return Libc.ControlPoll(_poll, operation, file, wanted, token) == 0;
    }

    private void Run()
    {
        Span<Libc.PollEvent> events = stackalloc Libc.PollEvent[Batch];
        while (true)
        {
            int count = Libc.WaitForEvents(_poll, events); // negative when a signal came in between
            for (int i = 0; i < count; i++)
            {
                if (events[i].Data == StopToken)
                {
                    return;
                }

                _ready(events[i].Data, EventsOf(events[i].Events));
            }
        }
    }

    private static SocketEvents EventsOf(uint events) =>
        ((events & Libc.EpollIn) != 0 ? SocketEvents.Readable : 0)
        | ((events & Libc.EpollOut) != 0 ? SocketEvents.Writable : 0)
        | ((events & (Libc.EpollHangUp | Libc.EpollError)) != 0 ? SocketEvents.HangUp : 0);
}

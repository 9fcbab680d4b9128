using System.Net.Sockets;
using Vmm.Core.Memory;

namespace Vmm.Core.Network;

/// <summary>
/// Frames over a Unix stream socket, each behind its length, as <c>passt</c> and QEMU's stream backend speak it. When the other end goes away, the link is
/// down, and it is called – or started – again every second.
/// </summary>
public sealed class StreamBackend : INetworkBackend, IPacketPort
{
    private const int NotConnected = -1;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly byte[] EmptyHeader = new byte[PacketHeader.Size];

    private readonly Func<Socket> _call;
    private readonly FrameReader _reader = new();
    private readonly FrameWriter _writer = new();
    private readonly Lock _receiving = new();
    private readonly Lock _sending = new(); // behind _receiving, where both are held
    private readonly Lock _calling = new();
    private readonly ITimer _retry;
    private Socket? _socket;
    private int _descriptor = NotConnected;
    private volatile bool _disposed;
    private int _placed;

    private StreamBackend(Func<Socket> call, ushort mtu, TimeProvider time)
    {
        _call = call;
        Mtu = mtu;
        Install(call());
        _retry = time.CreateTimer(_ => Reconnect(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IPacketPort> Ports => [this];

    /// <inheritdoc/>
    public PacketOffloads Offloads => PacketOffloads.None;

    /// <inheritdoc/>
    public ushort Mtu { get; }

    /// <inheritdoc/>
    public bool IsUp => Descriptor != NotConnected;

    /// <inheritdoc/>
    public Action? LinkChanged { get; set; }

    /// <inheritdoc/>
    public int Descriptor => Volatile.Read(ref _descriptor);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rest => _reader.Frame[_placed..];

    /// <summary>Connects to a Unix socket.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="time">Clock of further attempts.</param>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public static StreamBackend Connect(string path, TimeProvider time) => new(() => Call(path), mtu: 0, time);

    /// <summary>Starts a passt, and another one whenever it has gone.</summary>
    /// <param name="passt">What it is asked for.</param>
    /// <param name="time">Clock of further attempts.</param>
    /// <exception cref="IOException">It cannot be started, or refuses.</exception>
    public static StreamBackend Start(Passt passt, TimeProvider time) => new(passt.Start, Passt.Mtu, time);

    /// <inheritdoc/>
    public bool TrySetOffloads(PacketOffloads offloads) => offloads == PacketOffloads.None;

    /// <inheritdoc/>
    public bool TryUse(int ports) => ports == 1;

    /// <inheritdoc/>
    public PacketStatus TrySend(IDeviceMemory memory, ReadOnlySpan<GuestSegment> packet)
    {
        lock (_sending)
        {
            return Checked(IsUp ? _writer.Send(Descriptor, memory, packet) : PacketStatus.Disconnected);
        }
    }

    /// <inheritdoc/>
    public bool TryFlush()
    {
        lock (_sending)
        {
            return !IsUp || Checked(_writer.Flush(Descriptor)) != PacketStatus.NotReady;
        }
    }

    /// <inheritdoc/>
    public PacketStatus TryReceive(IDeviceMemory memory, ReadOnlySpan<GuestSegment> room, out int length)
    {
        lock (_receiving)
        {
            length = 0;
            if (Checked(IsUp ? _reader.TryNext(Descriptor) : PacketStatus.Disconnected) is var status and not PacketStatus.Done)
            {
                return status;
            }

            ReadOnlySpan<byte> frame = _reader.Frame;
            _placed = (int)Math.Min(GuestSegments.LengthOf(room) - PacketHeader.Size, frame.Length);
            length = PacketHeader.Size + frame.Length;
            return memory.TryWrite(room, 0, EmptyHeader) && memory.TryWrite(room, (uint)PacketHeader.Size, frame[.._placed])
                ? PacketStatus.Done
                : PacketStatus.ForbiddenMemory;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _retry.Dispose();
        lock (_receiving)
        {
            lock (_sending)
            {
                _disposed = true;
                Disconnect();
            }
        }
    }

    private static Socket Call(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new IOException($"'{path}': {ReasonOf(exception)}; is passt running? passt --socket {path}", exception);
        }
    }

    // The framework speaks of addresses where it means files.
    private static string ReasonOf(Exception exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "there is no such socket",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nobody listens there",
        _ => exception.Message,
    };

    private void Install(Socket socket)
    {
        socket.Blocking = false;
        _reader.Restart();
        _writer.Clear();
        _socket = socket;
        Volatile.Write(ref _descriptor, (int)socket.Handle);
    }

    private void Disconnect()
    {
        Volatile.Write(ref _descriptor, NotConnected);
        _socket?.Dispose();
        _socket = null;
    }

    // Whichever thread meets the end says so once; the timer's thread does what takes locks and time.
    private PacketStatus Checked(PacketStatus status)
    {
        if (status == PacketStatus.Disconnected && Interlocked.Exchange(ref _descriptor, NotConnected) != NotConnected)
        {
            _retry.Change(TimeSpan.Zero, RetryInterval);
        }

        return status;
    }

    private void Reconnect()
    {
        if (!_calling.TryEnter())
        {
            return; // a call that takes longer than the interval
        }

        try
        {
            HangUp();
            if (TryCall() is { } socket)
            {
                TakeUp(socket);
            }
        }
        finally
        {
            _calling.Exit();
        }
    }

    private void HangUp()
    {
        lock (_receiving)
        {
            lock (_sending)
            {
                if (_socket is null || IsUp)
                {
                    return;
                }

                Disconnect();
            }
        }

        LinkChanged?.Invoke();
    }

    private Socket? TryCall()
    {
        if (_disposed || IsUp)
        {
            return null;
        }

        try
        {
            return _call();
        }
        catch (IOException)
        {
            return null; // the next attempt is due in a second
        }
    }

    private void TakeUp(Socket socket)
    {
        lock (_receiving)
        {
            lock (_sending)
            {
                if (_disposed)
                {
                    socket.Dispose();
                    return;
                }

                _retry.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                Install(socket);
            }
        }

        LinkChanged?.Invoke();
    }
}

using System.Net.Sockets;
using Vmm.Core.Memory;

namespace Vmm.Core.Network;

/// <summary>
/// Frames over a Unix stream socket, each behind its length, as <c>passt</c> and QEMU's stream backend speak it. When the other end goes away, the link is
/// down, and it is called again every second.
/// </summary>
public sealed class StreamBackend : INetworkBackend, IPacketPort
{
    private const int NotConnected = -1;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly byte[] EmptyHeader = new byte[PacketHeader.Size];

    private readonly string _path;
    private readonly FrameReader _reader = new();
    private readonly FrameWriter _writer = new();
    private readonly Lock _receiving = new();
    private readonly Lock _sending = new(); // behind _receiving, where both are held
    private readonly ITimer _retry;
    private Socket? _socket;
    private int _descriptor = NotConnected;
    private bool _disposed;
    private int _placed;

    /// <summary>Connects.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="time">Clock of further attempts.</param>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public StreamBackend(string path, TimeProvider time)
    {
        _path = path;
        try
        {
            Connect();
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new IOException($"'{path}': {exception.Message}; is passt running? passt --socket {path}", exception);
        }

        _retry = time.CreateTimer(_ => Reconnect(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public IReadOnlyList<IPacketPort> Ports => [this];

    /// <inheritdoc/>
    public PacketOffloads Offloads => PacketOffloads.None;

    /// <inheritdoc/>
    public ushort Mtu => 0;

    /// <inheritdoc/>
    public bool IsUp => Descriptor != NotConnected;

    /// <inheritdoc/>
    public Action? LinkChanged { get; set; }

    /// <inheritdoc/>
    public int Descriptor => Volatile.Read(ref _descriptor);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rest => _reader.Frame[_placed..];

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

    private void Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_path));
            socket.Blocking = false;
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _reader.Clear();
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
        bool wasConnected;
        lock (_receiving)
        {
            lock (_sending)
            {
                if (_disposed || IsUp)
                {
                    return;
                }

                wasConnected = _socket is not null;
                Disconnect();
                TryConnect();
            }
        }

        if (wasConnected || IsUp)
        {
            LinkChanged?.Invoke();
        }
    }

    private void TryConnect()
    {
        try
        {
            Connect();
            _retry.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        catch (SocketException)
        {
            // The next attempt is due in a second.
        }
    }
}

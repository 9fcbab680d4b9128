using Microsoft.Win32.SafeHandles;
using Vmm.Core.Interop;
using Vmm.Core.Memory;

namespace Vmm.Core.Network;

/// <summary>One queue of a tap: each packet is one system call between the kernel and guest memory, without a copy between.</summary>
internal sealed class TapPort : IPacketPort, IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly VectorList _sent = new();
    private readonly VectorList _received = new();
    private readonly byte[] _rest = GC.AllocateArray<byte>(IPacketPort.MaximumLength, pinned: true);
    private int _restLength;

    /// <param name="file">A descriptor of /dev/net/tun with the interface set.</param>
    public TapPort(int file)
    {
        _handle = new SafeFileHandle(file, ownsHandle: true);
        Descriptor = file;
    }

    /// <inheritdoc/>
    public int Descriptor { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rest => _rest.AsSpan(0, _restLength);

    /// <inheritdoc/>
    /// <remarks>The kernel judges the header, which it copies first: lengths and offsets that cannot be are refused.</remarks>
    public PacketStatus TrySend(IDeviceMemory memory, ReadOnlySpan<GuestSegment> packet)
    {
        _sent.Clear();
        if (!_sent.TryAdd(memory, packet))
        {
            return PacketStatus.ForbiddenMemory;
        }

        return _sent.Write(Descriptor) switch
        {
            >= 0 => PacketStatus.Done,
            -Libc.EAGAIN or -Libc.EINTR => PacketStatus.NotReady,
            _ => PacketStatus.Refused,
        };
    }

    /// <inheritdoc/>
    public bool TryFlush() => true;

    /// <inheritdoc/>
    public PacketStatus TryReceive(IDeviceMemory memory, ReadOnlySpan<GuestSegment> room, out int length)
    {
        (length, _restLength) = (0, 0);
        _received.Clear();
        if (!_received.TryAdd(memory, room))
        {
            return PacketStatus.ForbiddenMemory;
        }

        ulong placed = _received.Length;
        _ = _received.TryAddPinned(_rest);
        long read = _received.Read(Descriptor);
        if (read < 0)
        {
            // EBADFD: the interface is gone, or this queue of it is not in use.
            return read == -Libc.EBADFD ? PacketStatus.Disconnected : PacketStatus.NotReady;
        }

        length = (int)read;
        _restLength = (int)Math.Max(read - (long)placed, 0);
        return PacketStatus.Done;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}

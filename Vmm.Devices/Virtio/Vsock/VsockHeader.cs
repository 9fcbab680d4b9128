using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Vsock;

/// <summary>The header of a packet (virtio 1.2, 5.10.6).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct VsockHeader
{
    /// <summary>Context id of the host (5.10.4).</summary>
    public const ulong HostCid = 2;

    public ulong SourceCid;
    public ulong DestinationCid;
    public uint SourcePort;
    public uint DestinationPort;
    public uint Length;
    public VsockType Type;
    public VsockOperation Operation;

    /// <summary>Of a shutdown: <see cref="VsockShutdown"/>.</summary>
    public uint Flags;

    /// <summary>Bytes that the sender of the packet has room for in all.</summary>
    public uint BufferSpace;

    /// <summary>Bytes that it has handed on since the connection began.</summary>
    public uint ForwardCount;

    /// <summary>Its size.</summary>
    public static uint Size => (uint)Unsafe.SizeOf<VsockHeader>();
}

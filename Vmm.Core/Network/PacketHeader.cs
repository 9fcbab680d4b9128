using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Network;

/// <summary>What every packet starts with, for drivers and for the kernel's taps alike: struct virtio_net_hdr_v1 (virtio 1.2, 5.1.6), little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct PacketHeader
{
    /// <summary>Whether a checksum is missing or known to be right.</summary>
    public byte Flags;

    /// <summary>How the frame is to be cut into segments.</summary>
    public byte SegmentationType;

    /// <summary>Length of the headers that each segment gets: a hint.</summary>
    public ushort HeaderLength;

    /// <summary>Length of a segment's payload.</summary>
    public ushort SegmentSize;

    /// <summary>Where the checksum begins.</summary>
    public ushort ChecksumStart;

    /// <summary>Where it goes, from there.</summary>
    public ushort ChecksumOffset;

    /// <summary>Number of the driver's buffers that a received packet is in.</summary>
    public ushort BufferCount;

    /// <summary>Its size in bytes.</summary>
    public static int Size => Unsafe.SizeOf<PacketHeader>();

    /// <summary>Offset of <see cref="BufferCount"/>, which is the last field.</summary>
    public static int BufferCountOffset => Size - sizeof(ushort);
}

using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Block;

/// <summary>Configuration of a block device (virtio 1.2, 5.2.4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct BlockConfig
{
    public ulong Capacity;
    public uint SizeMaximum;
    public uint SegmentMaximum;
    public uint Geometry;
    public uint BlockSize;
    public ulong Topology;
    public byte Writeback;
    public byte Unused0;
    public ushort QueueCount;
    public uint MaximumDiscardSectors;
    public uint MaximumDiscardSegments;
    public uint DiscardAlignment;
    public uint MaximumWriteZeroesSectors;
    public uint MaximumWriteZeroesSegments;
    public byte WriteZeroesMayUnmap;
    public byte Unused1;
    public ushort Unused2;
}

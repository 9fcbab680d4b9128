using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Block;

/// <summary>A range to discard or to fill with zeros: struct virtio_blk_discard_write_zeroes (virtio 1.2, 5.2.6).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct BlockRange
{
    public ulong Sector;
    public uint Sectors;
    public BlockRangeFlags Flags;
}

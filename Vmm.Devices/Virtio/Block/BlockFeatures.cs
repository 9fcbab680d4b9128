namespace Vmm.Devices.Virtio.Block;

/// <summary>Feature bits of block devices (virtio 1.2, 5.2.3).</summary>
[Flags]
internal enum BlockFeatures : ulong
{
    None = 0,
    SegmentMaximum = 1 << 2,
    ReadOnly = 1 << 5,
    BlockSize = 1 << 6,
    Flush = 1 << 9,
    MultipleQueues = 1 << 12,
    Discard = 1 << 13,
    WriteZeroes = 1 << 14,
}

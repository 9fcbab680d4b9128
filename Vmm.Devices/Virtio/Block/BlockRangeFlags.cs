namespace Vmm.Devices.Virtio.Block;

/// <summary>Flags of a <see cref="BlockRange"/>.</summary>
[Flags]
internal enum BlockRangeFlags : uint
{
    None = 0,
    Unmap = 1 << 0,
}

using System.Runtime.InteropServices;

namespace Vmm.Devices.Virtio.Block;

/// <summary>What a request starts with (virtio 1.2, 5.2.6).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct BlockRequestHeader
{
    public BlockRequestType Type;
    public uint Reserved;
    public ulong Sector;
}

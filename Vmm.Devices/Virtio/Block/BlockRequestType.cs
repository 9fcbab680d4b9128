namespace Vmm.Devices.Virtio.Block;

/// <summary>Types of requests (virtio 1.2, 5.2.6).</summary>
internal enum BlockRequestType : uint
{
    In = 0,
    Out = 1,
    Flush = 4,
    GetId = 8,
    Discard = 11,
    WriteZeroes = 13,
}

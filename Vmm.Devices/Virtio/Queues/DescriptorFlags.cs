namespace Vmm.Devices.Virtio.Queues;

/// <summary>Flags of descriptors (virtio 1.2, 2.7.5 and 2.8.1).</summary>
[Flags]
internal enum DescriptorFlags : ushort
{
    None = 0,
    Next = 1 << 0,
    Write = 1 << 1,
    Indirect = 1 << 2,

    /// <summary>Packed queues only.</summary>
    Available = 1 << 7,

    /// <summary>Packed queues only.</summary>
    Used = 1 << 15,
}

namespace Vmm.Devices.Virtio;

/// <summary>Features of every device (virtio 1.2, 6). Bits 0 to 23 belong to the device type.</summary>
[Flags]
public enum VirtioFeatures : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Descriptors may name tables of descriptors.</summary>
    IndirectDescriptors = 1UL << 28,

    /// <summary>Either side says at which index it wants to be notified next.</summary>
    EventIndex = 1UL << 29,

    /// <summary>The device follows virtio 1.0 or later; there is nothing else.</summary>
    Version1 = 1UL << 32,

    /// <summary>The driver asks its platform for the addresses it passes: in a TD those are shared memory.</summary>
    AccessPlatform = 1UL << 33,

    /// <summary>Packed instead of split queues.</summary>
    PackedRing = 1UL << 34,
}

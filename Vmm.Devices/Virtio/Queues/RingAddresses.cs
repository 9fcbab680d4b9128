namespace Vmm.Devices.Virtio.Queues;

/// <summary>Where the parts of a queue lie (virtio 1.2, 2.7 and 2.8).</summary>
/// <param name="Descriptors">Descriptor area: the descriptor table, or the packed ring.</param>
/// <param name="Driver">Driver area: the available ring, or the driver's event suppression.</param>
/// <param name="Device">Device area: the used ring, or the device's event suppression.</param>
internal readonly record struct RingAddresses(ulong Descriptors, ulong Driver, ulong Device);

namespace Vmm.Devices.Virtio.Queues;

/// <summary>What is needed of a chain to give it back.</summary>
/// <param name="Id">Its identifier: of its first descriptor, or the driver's own.</param>
/// <param name="Slots">Places in the ring that it takes.</param>
internal readonly record struct ChainTicket(ushort Id, int Slots);

using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Net;

/// <summary>A buffer of the driver.</summary>
/// <param name="Ticket">What to give it back with.</param>
/// <param name="Segments">Number of segments.</param>
/// <param name="Length">Number of bytes.</param>
internal readonly record struct ReceiveBuffer(ChainTicket Ticket, int Segments, uint Length);

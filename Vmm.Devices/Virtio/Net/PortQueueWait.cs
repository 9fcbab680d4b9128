using Vmm.Core.Network;
using Vmm.Core.Pci;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Waits for the driver, and for a port.</summary>
/// <param name="port">The port.</param>
/// <param name="bell">The queue's doorbell.</param>
internal sealed class PortQueueWait(IPacketPort port, Doorbell bell) : IQueueWait
{
    private readonly PortWait _wait = new(port, bell);

    /// <summary>Has the queue served again when the port is ready. Called while it is served.</summary>
    public void Want(PortEvents events) => _wait.Wanted = events;

    /// <inheritdoc/>
    public void Wait() => _wait.Wait();
}

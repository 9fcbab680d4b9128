using Vmm.Core.Pci;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>Waits for nothing but the queue's doorbell.</summary>
/// <param name="bell">The doorbell.</param>
internal sealed class BellWait(Doorbell bell) : IQueueWait
{
    /// <inheritdoc/>
    public void Wait() => bell.Wait();
}

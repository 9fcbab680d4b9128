namespace Vmm.Devices.Virtio.Queues;

/// <summary>What the thread of a queue waits on, when it is more than its doorbell.</summary>
internal interface IQueueWait
{
    /// <summary>Waits until the queue's doorbell is rung, and takes the ring, or until there is another reason to serve the queue.</summary>
    void Wait();
}

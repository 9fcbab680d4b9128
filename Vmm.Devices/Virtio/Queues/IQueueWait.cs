namespace Vmm.Devices.Virtio.Queues;

/// <summary>What the thread of a queue waits on.</summary>
internal interface IQueueWait : IDisposable
{
    /// <summary>Waits until woken, or until there is another reason to serve the queue.</summary>
    void Wait();

    /// <summary>Wakes the thread, now or when it waits next. Any thread; allocates nothing.</summary>
    void Wake();
}

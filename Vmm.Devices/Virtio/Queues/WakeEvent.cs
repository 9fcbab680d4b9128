namespace Vmm.Devices.Virtio.Queues;

/// <summary>Waits for nothing but to be woken.</summary>
internal sealed class WakeEvent : IQueueWait
{
    private readonly AutoResetEvent _event = new(initialState: false);

    /// <inheritdoc/>
    public void Wait() => _event.WaitOne();

    /// <inheritdoc/>
    public void Wake() => _event.Set();

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}

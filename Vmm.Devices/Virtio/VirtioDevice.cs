using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Core.Pci;
using Vmm.Devices.Virtio.Queues;
using Vmm.Devices.Virtio.Transport;

namespace Vmm.Devices.Virtio;

/// <summary>
/// A virtio 1.2 device on PCI. A device model says what it is, and serves its queues; transport, negotiation, queues and threads are done here.
/// </summary>
/// <remarks>
/// Registers are accessed by vCPUs with <see cref="Device.Gate"/> held; each queue is served by a thread of its own without it. A queue's thread must
/// not take the gate: what both sides need has a lock of its own, or is read and written as one word.
/// </remarks>
public abstract class VirtioDevice : Device, IPciFunction, IDeviceMetrics, IDisposable
{
    /// <summary>Size of a queue when the device has no wish.</summary>
    public const int DefaultQueueSize = 256;

    private const ulong DeviceFeatureBits = ((1UL << 24) - 1) | ~((1UL << 50) - 1); // 2.2
    private const VirtioFeatures CommonFeatures = VirtioFeatures.Version1 | VirtioFeatures.AccessPlatform
        | VirtioFeatures.PackedRing | VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex;

    private readonly Virtqueue[] _queues;
    private readonly PciTransport _transport;
    private VirtioStatus _status;
    private ulong _driverFeatures;
    private volatile bool _needsReset;
    private volatile bool _resetRequested;
    private int _configGeneration;
    private int _faults;

    /// <summary>Makes a device.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="type">What it is.</param>
    /// <param name="memory">Guest memory.</param>
    /// <param name="queueCount">Number of its queues.</param>
    /// <param name="queueSize">Places in each of them: a power of two.</param>
    protected VirtioDevice(string name, VirtioDeviceType type, IDeviceMemory memory, int queueCount, int queueSize = DefaultQueueSize)
        : base(name)
    {
        Type = type;
        _queues = [.. Enumerable.Range(0, queueCount).Select(index => new Virtqueue(this, index, queueSize, memory))];
        Doorbells = [.. _queues.Select(queue => queue.Doorbell)];
        Vectors = new MsixVectors(queueCount + 1); // one for the configuration, as drivers wish for
        _transport = new PciTransport(this);
    }

    /// <summary>What the device is.</summary>
    public VirtioDeviceType Type { get; }

    /// <summary>Its queues.</summary>
    public IReadOnlyList<Virtqueue> Queues => _queues;

    /// <summary>Why the device needs a reset, if it does; else why it last did.</summary>
    public QueueFault LastFault { get; private set; }

    /// <summary>How often the device came to need a reset.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <inheritdoc/>
    public virtual IEnumerable<DeviceMetric> Metrics => [new DeviceMetric("resetsNeeded", Faults)];

    /// <inheritdoc/>
    public PciIdentity Identity => PciTransport.IdentityOf(Type);

    /// <inheritdoc/>
    public IReadOnlyList<PciBar> Bars => PciTransport.Bars;

    /// <inheritdoc/>
    public MsixVectors? Vectors { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PciCapability> Capabilities => _transport.Capabilities;

    /// <inheritdoc/>
    public IReadOnlyList<Doorbell> Doorbells { get; }

    internal ulong OfferedFeatures => (DeviceFeatures & DeviceFeatureBits) | (ulong)CommonFeatures;

    internal byte ConfigGeneration => (byte)Volatile.Read(ref _configGeneration);

    internal ulong DriverFeatures
    {
        get => _driverFeatures;
        set => _driverFeatures = (_status & VirtioStatus.FeaturesOk) == 0 ? value : _driverFeatures; // 2.2.1: settled by FEATURES_OK
    }

    internal VirtioStatus Status => _needsReset ? _status | VirtioStatus.NeedsReset : _status;

    internal ReadOnlySpan<byte> ConfigSpace => Config;

    /// <summary>The feature bits of its type that the device offers: 0 to 23, and from 50.</summary>
    protected virtual ulong DeviceFeatures => 0;

    /// <summary>Its configuration space (virtio 1.2, 2.5), little-endian.</summary>
    protected virtual ReadOnlySpan<byte> Config => [];

    /// <inheritdoc/>
    public void ReadBar(int bar, ulong offset, Span<byte> data) => _transport.Read(offset, data);

    /// <inheritdoc/>
    public void WriteBar(int bar, ulong offset, ReadOnlySpan<byte> data) => _transport.Write(offset, data);

    /// <inheritdoc/>
    public override void Reset()
    {
        RequestReset();
        foreach (Virtqueue queue in _queues)
        {
            queue.Serving.Enter();
        }

        FinishReset();
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Serves a queue until it has nothing left, or until the device must wait for something and wakes the queue then. Called on the queue's thread.
    /// </summary>
    /// <param name="queue">The queue.</param>
    protected internal abstract void ServeQueue(Virtqueue queue);

    /// <summary>The driver writes to configuration space; the gate is held.</summary>
    /// <param name="offset">Offset of the first byte.</param>
    /// <param name="data">The bytes.</param>
    protected internal virtual void WriteConfig(int offset, ReadOnlySpan<byte> data)
    {
    }

    /// <summary>The driver has said DRIVER_OK: features and queues are settled. The gate is held.</summary>
    protected virtual void OnStarted()
    {
    }

    /// <summary>The device is reset: no chain that was popped may be used any more. The gate is held, and no queue is being served.</summary>
    protected virtual void OnReset()
    {
    }

    /// <summary>Ends what the model has opened; call the base first, which stops the threads.</summary>
    /// <param name="disposing">True.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Array.ForEach(_queues, queue => queue.Dispose());
        }
    }

    /// <summary>The feature bits that the driver has accepted.</summary>
    protected ulong AcceptedFeatures => _driverFeatures;

    /// <summary>Whether the driver has accepted feature bits.</summary>
    protected bool HasFeature(ulong bits) => (_driverFeatures & bits) == bits;

    /// <summary>Tells the driver that the configuration space has changed.</summary>
    protected void ConfigChanged()
    {
        Interlocked.Increment(ref _configGeneration);
        _transport.SignalConfig();
    }

    /// <summary>Stops the device until its driver resets it, because a chain is no request and cannot be answered.</summary>
    protected void RequireReset() => Fail(QueueFault.BadRequest);

    /// <summary>Stops the device until its driver resets it (virtio 1.2, 2.1.2). Any thread.</summary>
    internal void Fail(QueueFault fault)
    {
        LastFault = fault;
        Interlocked.Increment(ref _faults);
        _needsReset = true;
        Array.ForEach(_queues, queue => queue.Stop());
        _transport.SignalConfig();
    }

    /// <summary>The model threw while it served a queue.</summary>
    internal void Fail(Virtqueue queue, Exception exception)
    {
        Fail(QueueFault.DeviceFailed);
        ReportFault($"request of queue {queue.Index}", exception);
    }

    /// <summary>What the thread of a queue waits on.</summary>
    internal virtual IQueueWait CreateWait(Virtqueue queue) => new BellWait(queue.Doorbell);

    internal void SignalQueue(ushort vector) => _transport.SignalQueue(vector);

    /// <summary>The driver writes the status: bits are only ever added, until 0 takes them all.</summary>
    internal void WriteStatus(VirtioStatus value)
    {
        if (value == VirtioStatus.None)
        {
            RequestReset();
            TryFinishReset();
            return;
        }

        if (_resetRequested)
        {
            return; // the driver did not wait for the reset to end
        }

        VirtioStatus added = value & ~_status;
        if ((added & VirtioStatus.FeaturesOk) != 0 && !AreFeaturesRight)
        {
            added &= ~VirtioStatus.FeaturesOk;
        }

        if ((added & VirtioStatus.DriverOk) != 0 && ((_status | added) & VirtioStatus.FeaturesOk) == 0)
        {
            added &= ~VirtioStatus.DriverOk; // 3.1.1: not before FEATURES_OK
        }

        _status |= added & ~VirtioStatus.NeedsReset;
        if ((added & VirtioStatus.DriverOk) != 0 && !_needsReset)
        {
            OnStarted();
            Array.ForEach(_queues, queue => queue.Start((VirtioFeatures)_driverFeatures));
        }
    }

    /// <summary>A queue's thread has come to rest: a reset may have waited for that.</summary>
    internal void ServingEnded()
    {
        if (_resetRequested)
        {
            lock (Gate)
            {
                TryFinishReset();
            }
        }
    }

    // 6.1: without VERSION_1 there is no device; otherwise any subset of what is offered will do.
    private bool AreFeaturesRight =>
        (_driverFeatures & ~OfferedFeatures) == 0 && (_driverFeatures & (ulong)VirtioFeatures.Version1) != 0;

    private void RequestReset()
    {
        _resetRequested = true;
        Array.ForEach(_queues, queue => queue.Stop());
    }

    // A vCPU never waits for a queue that is being served: the status stays what it is until the queue's thread ends the reset, as 4.1.4.3.2 allows for.
    private void TryFinishReset()
    {
        if (!_resetRequested)
        {
            return;
        }

        for (int i = 0; i < _queues.Length; i++)
        {
            if (!_queues[i].Serving.TryEnter())
            {
                Release(i);
                return;
            }
        }

        FinishReset();
    }

    private void FinishReset()
    {
        _resetRequested = false;
        _needsReset = false;
        _status = VirtioStatus.None;
        _driverFeatures = 0;
        OnReset();
        Array.ForEach(_queues, queue => queue.Reset());
        _transport.Reset();
        Release(_queues.Length);
    }

    private void Release(int queues)
    {
        for (int i = 0; i < queues; i++)
        {
            _queues[i].Serving.Exit();
        }
    }
}

using Vmm.Core.Memory;
using Vmm.Core.Pci;
using Vmm.Devices.Virtio.Transport;

namespace Vmm.Devices.Virtio.Queues;

/// <summary>
/// A queue as a device model uses it: pop a chain, serve it, give it back. It does not matter whether the driver made it split or packed, and
/// whatever a driver does wrong shows as a queue with nothing in it.
/// </summary>
/// <remarks>All of it belongs to the queue's own thread, which calls <see cref="VirtioDevice.ServeQueue"/>. Other threads may call <see cref="Wake"/>.</remarks>
public sealed class Virtqueue : IDisposable
{
    private readonly VirtioDevice _device;
    private readonly SplitRing _split;
    private readonly PackedRing _packed;
    private readonly DescriptorChain _chain;
    private Ring _ring;
    private QueueWorker? _worker;
    private volatile bool _running;
    private bool _drained;

    internal Virtqueue(VirtioDevice device, int index, int maximumSize, IDeviceMemory memory)
    {
        _device = device;
        Index = index;
        MaximumSize = maximumSize;
        _ring = _split = new SplitRing(memory);
        _packed = new PackedRing(memory);
        _chain = new DescriptorChain(memory, maximumSize);
        Registers = new QueueRegisters((ushort)maximumSize);
        Doorbell = new Doorbell(VirtioPciLayout.Bar, VirtioPciLayout.NotifyOffsetOf(index), sizeof(ushort));
    }

    /// <summary>Number of the queue.</summary>
    public int Index { get; }

    /// <summary>The most places it can have, and the most buffers in a chain.</summary>
    public int MaximumSize { get; }

    /// <summary>Places that the driver has given it.</summary>
    internal int Size => Registers.Size;

    /// <summary>Held while the queue is served.</summary>
    internal Lock Serving { get; } = new();

    /// <summary>What the driver rings when there is something in the queue.</summary>
    internal Doorbell Doorbell { get; }

    /// <summary>What the driver configures.</summary>
    internal QueueRegisters Registers { get; }

    /// <summary>Takes the next chain. It is valid until the next call.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPop(out DescriptorChain chain)
    {
        chain = _chain;
        return TryPop(_chain);
    }

    /// <summary>Takes the next chain into one of the caller's, for devices that have several under way.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPop(DescriptorChain chain)
    {
        if (_running && _ring.TryPop(chain))
        {
            return true;
        }

        _drained = true;
        FailIfAtFault();
        return false;
    }

    /// <summary>Gives a chain back to the driver, which sees it with the next <see cref="Notify"/>, or when serving ends.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="written">Number of bytes written into it, from its start.</param>
    public void Push(DescriptorChain chain, uint written) => Push(chain.Ticket, written);

    /// <summary>Lets the driver see all that was given back, at once, and sends an interrupt if it wants one.</summary>
    public void Notify()
    {
        if (_running)
        {
            _ring.Publish();
            if (_ring.NeedsInterrupt())
            {
                _device.SignalQueue(Registers.Vector);
            }
        }

        FailIfAtFault();
    }

    /// <summary>Gives a chain back and notifies.</summary>
    /// <inheritdoc cref="Push(DescriptorChain, uint)"/>
    public void Complete(DescriptorChain chain, uint written)
    {
        Push(chain, written);
        Notify();
    }

    /// <summary>Has the queue served soon, on its own thread. Any thread.</summary>
    public void Wake() => _worker?.Wake();

    /// <inheritdoc/>
    public void Dispose()
    {
        _running = false;
        _worker?.Dispose();
        Doorbell.Dispose();
    }

    /// <inheritdoc cref="Push(DescriptorChain, uint)"/>
    internal void Push(ChainTicket chain, uint written)
    {
        if (_running)
        {
            _ring.Push(chain, written);
            FailIfAtFault();
        }
    }

    /// <summary>Begins to serve the queue, if the driver has enabled it.</summary>
    internal void Start(VirtioFeatures features)
    {
        if (!Registers.Enabled)
        {
            return;
        }

        _ring = (features & VirtioFeatures.PackedRing) != 0 ? _packed : _split;
        _ring.Start(Registers.Size, Registers.Addresses, features);
        _running = true;
        FailIfAtFault();
        _worker ??= new QueueWorker($"{_device.Name} queue {Index}", Doorbell, _device.CreateWait(this), Serve);
        _worker.Wake();
    }

    /// <summary>Serves no more; a chain that is being served may still be.</summary>
    internal void Stop() => _running = false;

    /// <summary>Returns to the state of a queue that nobody has configured. Call with <see cref="Serving"/> held.</summary>
    internal void Reset()
    {
        _running = false;
        Registers.Reset();
    }

    private void Serve()
    {
        lock (Serving)
        {
            try
            {
                ServeUntilDrained();
            }
            catch (Exception exception)
            {
                _device.Fail(this, exception);
            }
        }

        _device.ServingEnded();
    }

    // A device that leaves chains in the queue waits for something else, and the queue is served again when it is there: the driver need not notify until then.
    private void ServeUntilDrained()
    {
        bool again = _running;
        while (again)
        {
            _drained = false;
            _ring.SuppressNotifications();
            FailIfAtFault();
            _device.ServeQueue(this);
            Notify();
            again = _running && _drained && _ring.ResumeNotifications() && _running;
        }

        FailIfAtFault();
    }

    private void FailIfAtFault()
    {
        if (_running && _ring.Fault != QueueFault.None)
        {
            _device.Fail(_ring.Fault);
        }
    }
}

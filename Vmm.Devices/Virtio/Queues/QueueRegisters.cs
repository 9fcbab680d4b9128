namespace Vmm.Devices.Virtio.Queues;

/// <summary>What a driver configures of a queue before it enables it.</summary>
internal sealed class QueueRegisters
{
    /// <summary>VIRTIO_MSI_NO_VECTOR (virtio 1.2, 4.1.5.1.2).</summary>
    public const ushort NoVector = 0xFFFF;

    private readonly ushort _maximumSize;
    private ulong _descriptors;
    private ulong _driver;
    private ulong _device;

    /// <param name="maximumSize">The size, unless the driver wants less.</param>
    public QueueRegisters(ushort maximumSize)
    {
        _maximumSize = maximumSize;
        Reset();
    }

    public ushort Size { get; set; }

    public ushort Vector { get; set; }

    public bool Enabled { get; set; }

    public RingAddresses Addresses => new(_descriptors, _driver, _device);

    public ref ulong Descriptors => ref _descriptors;

    public ref ulong Driver => ref _driver;

    public ref ulong Device => ref _device;

    /// <summary>Returns to the values after a reset.</summary>
    public void Reset()
    {
        (Size, Vector, Enabled) = (_maximumSize, NoVector, false);
        (_descriptors, _driver, _device) = (0, 0, 0);
    }
}

namespace Vmm.Devices.Virtio.Transport;

/// <summary>Registers of the common configuration structure (virtio 1.2, 4.1.4.3), by offset. Addresses are accessed in two halves.</summary>
internal enum CommonRegister
{
    DeviceFeatureSelect = 0,
    DeviceFeature = 4,
    DriverFeatureSelect = 8,
    DriverFeature = 12,
    ConfigVector = 16,
    QueueCount = 18,
    DeviceStatus = 20,
    ConfigGeneration = 21,
    QueueSelect = 22,
    QueueSize = 24,
    QueueVector = 26,
    QueueEnable = 28,
    QueueNotifyOffset = 30,
    QueueDescriptorsLow = 32,
    QueueDescriptorsHigh = 36,
    QueueDriverLow = 40,
    QueueDriverHigh = 44,
    QueueDeviceLow = 48,
    QueueDeviceHigh = 52,
}

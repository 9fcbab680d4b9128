namespace Vmm.Devices.Virtio;

/// <summary>Device status (virtio 1.2, 2.1).</summary>
[Flags]
internal enum VirtioStatus : byte
{
    None = 0,
    Acknowledge = 1 << 0,
    Driver = 1 << 1,
    DriverOk = 1 << 2,
    FeaturesOk = 1 << 3,
    NeedsReset = 1 << 6,
    Failed = 1 << 7,
}

namespace Vmm.Devices.Virtio.Transport;

/// <summary>The structures of the transport (virtio 1.2, 4.1.4, cfg_type).</summary>
internal enum VirtioPciStructure : byte
{
    Common = 1,
    Notify = 2,
    Isr = 3,
    Device = 4,
    ConfigAccess = 5,
}

namespace Vmm.Devices.Virtio.Transport;

/// <summary>ISR status (virtio 1.2, 4.1.4.5). With MSI-X nobody needs it.</summary>
[Flags]
internal enum IsrStatus
{
    None = 0,
    Queue = 1 << 0,
    Configuration = 1 << 1,
}

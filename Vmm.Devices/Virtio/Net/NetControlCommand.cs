namespace Vmm.Devices.Virtio.Net;

/// <summary>Class and command of a request on the control queue (virtio 1.2, 5.1.6.5), the first in the low byte.</summary>
internal enum NetControlCommand : ushort
{
    SetMac = 1 | (1 << 8),
    SetPairs = 4 | (0 << 8),
    SetGuestOffloads = 5 | (0 << 8),
}

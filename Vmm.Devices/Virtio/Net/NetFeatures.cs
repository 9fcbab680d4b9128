namespace Vmm.Devices.Virtio.Net;

/// <summary>Feature bits of network cards (virtio 1.2, 5.1.3).</summary>
[Flags]
internal enum NetFeatures : ulong
{
    None = 0,
    Checksum = 1UL << 0,
    GuestChecksum = 1UL << 1,
    ControlGuestOffloads = 1UL << 2,
    Mtu = 1UL << 3,
    Mac = 1UL << 5,
    GuestTcp4 = 1UL << 7,
    GuestTcp6 = 1UL << 8,
    GuestEcn = 1UL << 9,
    GuestUdpFragments = 1UL << 10,
    HostTcp4 = 1UL << 11,
    HostTcp6 = 1UL << 12,
    HostEcn = 1UL << 13,
    HostUdpFragments = 1UL << 14,
    MergeableBuffers = 1UL << 15,
    Status = 1UL << 16,
    ControlQueue = 1UL << 17,
    MultiQueue = 1UL << 22,
    ControlMac = 1UL << 23,
    GuestUdp4 = 1UL << 54,
    GuestUdp6 = 1UL << 55,
    HostUdp = 1UL << 56,
}

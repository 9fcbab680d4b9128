namespace Vmm.Core.Network;

/// <summary>IFF_* of linux/if_tun.h.</summary>
[Flags]
internal enum TapFlags : ushort
{
    Tap = 0x0002,
    MultiQueue = 0x0100,
    AttachQueue = 0x0200,
    DetachQueue = 0x0400,
    NoPacketInformation = 0x1000,
    PacketHeader = 0x4000,
}

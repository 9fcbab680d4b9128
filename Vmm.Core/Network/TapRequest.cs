namespace Vmm.Core.Network;

/// <summary>ioctl numbers of /dev/net/tun (linux/if_tun.h), and the one of network interfaces in general that taps need.</summary>
internal static class TapRequest
{
    public const uint SetInterface = Write | 202;
    public const uint SetOffload = Write | 208;
    public const uint SetHeaderSize = Write | 216;
    public const uint SetQueue = Write | 217;

    public const uint GetMtu = 0x8921; // SIOCGIFMTU, of any socket

    // linux/ioctl.h: direction, size of the argument, type 'T'.
    private const uint Write = (1U << 30) | (sizeof(int) << 16) | ('T' << 8);
}

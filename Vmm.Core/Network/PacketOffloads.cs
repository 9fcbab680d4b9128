namespace Vmm.Core.Network;

/// <summary>Work on packets that is left to whoever gets them: TUN_F_* of linux/if_tun.h.</summary>
[Flags]
public enum PacketOffloads : uint
{
    /// <summary>None: frames are complete and no longer than the MTU.</summary>
    None = 0,

    /// <summary>Checksums may be missing; needed for all others.</summary>
    Checksum = 1 << 0,

    /// <summary>TCP over IPv4 may be one long segment.</summary>
    Tcp4 = 1 << 1,

    /// <summary>TCP over IPv6 may be one long segment.</summary>
    Tcp6 = 1 << 2,

    /// <summary>So may TCP with congestion notification.</summary>
    TcpEcn = 1 << 3,

    /// <summary>UDP may be one datagram that is to be fragmented.</summary>
    UdpFragments = 1 << 4,

    /// <summary>UDP over IPv4 may be several datagrams in one.</summary>
    Udp4 = 1 << 5,

    /// <summary>UDP over IPv6 may be several datagrams in one.</summary>
    Udp6 = 1 << 6,
}

using Vmm.Core.Network;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Offloads in the words of virtio and in those of backends.</summary>
internal static class NetOffloads
{
    private static readonly (PacketOffloads Offload, NetFeatures Guest, NetFeatures Host)[] Table =
    [
        (PacketOffloads.Checksum, NetFeatures.GuestChecksum, NetFeatures.Checksum),
        (PacketOffloads.Tcp4, NetFeatures.GuestTcp4, NetFeatures.HostTcp4),
        (PacketOffloads.Tcp6, NetFeatures.GuestTcp6, NetFeatures.HostTcp6),
        (PacketOffloads.TcpEcn, NetFeatures.GuestEcn, NetFeatures.HostEcn),
        (PacketOffloads.UdpFragments, NetFeatures.GuestUdpFragments, NetFeatures.HostUdpFragments),
        (PacketOffloads.Udp4, NetFeatures.GuestUdp4, NetFeatures.HostUdp),
        (PacketOffloads.Udp6, NetFeatures.GuestUdp6, NetFeatures.HostUdp),
    ];

    /// <summary>The features that say what a guest may be given.</summary>
    public static NetFeatures GuestFeatures(PacketOffloads offloads) => FeaturesOf(offloads, row => row.Guest);

    /// <summary>The features that say what a guest may send.</summary>
    public static NetFeatures HostFeatures(PacketOffloads offloads) => FeaturesOf(offloads, row => row.Host);

    /// <summary>What a guest may be given by the features that its driver has accepted; without checksums there is nothing (5.1.3.1).</summary>
    public static PacketOffloads Of(NetFeatures accepted)
    {
        PacketOffloads result = PacketOffloads.None;
        foreach ((PacketOffloads offload, NetFeatures guest, _) in Table)
        {
            result |= (accepted & guest) != 0 ? offload : PacketOffloads.None;
        }

        return (result & PacketOffloads.Checksum) != 0 ? result : PacketOffloads.None;
    }

    private static NetFeatures FeaturesOf(PacketOffloads offloads, Func<(PacketOffloads Offload, NetFeatures Guest, NetFeatures Host), NetFeatures> side) =>
        Table.Where(row => (offloads & row.Offload) != 0).Aggregate(NetFeatures.None, (features, row) => features | side(row));
}

namespace Vmm.Core.Network;

/// <summary>What is at the other end of a network card's cable.</summary>
public interface INetworkBackend : IDisposable
{
    /// <summary>A port for each pair of queues.</summary>
    IReadOnlyList<IPacketPort> Ports { get; }

    /// <summary>Offloads that it takes from the guest, and can be asked to leave to the guest.</summary>
    PacketOffloads Offloads { get; }

    /// <summary>The most bytes of an IP packet; 0 when it does not care.</summary>
    ushort Mtu { get; }

    /// <summary>Whether somebody is there.</summary>
    bool IsUp { get; }

    /// <summary>Called on any thread when <see cref="IsUp"/> has changed. Set before the first packet.</summary>
    Action? LinkChanged { get; set; }

    /// <summary>Says what the guest can take.</summary>
    /// <returns>False when it cannot be had.</returns>
    bool TrySetOffloads(PacketOffloads offloads);

    /// <summary>Spreads what is received over the first so many ports.</summary>
    /// <param name="ports">1 to all.</param>
    /// <returns>False when it cannot be had.</returns>
    bool TryUse(int ports);
}

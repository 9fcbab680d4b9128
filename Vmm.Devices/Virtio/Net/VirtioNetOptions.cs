using System.ComponentModel.DataAnnotations;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Options of <see cref="VirtioNet"/>: one of <see cref="Tap"/>, <see cref="Passt"/> and <see cref="Socket"/>, and what else is wished.</summary>
public sealed record VirtioNetOptions
{
    /// <summary>Name of a tap of the host.</summary>
    public string Tap { get; init; } = "";

    /// <summary>Whether to start <c>passt</c>, which needs no privilege and gives the guest the network of the user.</summary>
    public bool Passt { get; init; }

    /// <summary>TCP ports of the host that lead to the guest, as passt's option of that name has them: <c>2222:22</c>.</summary>
    public string TcpPorts { get; init; } = "";

    /// <summary>The same for UDP.</summary>
    public string UdpPorts { get; init; } = "";

    /// <summary>The Unix socket of a running <c>passt</c>, or of another program with QEMU's stream protocol.</summary>
    public FileInfo? Socket { get; init; }

    /// <summary>The card's address; when empty, one that follows from the backend's name and the host.</summary>
    public string Mac { get; init; } = "";

    /// <summary>The most bytes of an IP packet, which the driver is told; 0 for what the backend has.</summary>
    public ushort Mtu { get; init; }

    /// <summary>Number of pairs of queues, each queue with a thread of its own. Only a tap can have more than one.</summary>
    [Range(1, 16)]
    public ushort Queues { get; init; } = 1;

    /// <summary>Places in each queue: a power of two from 16 to 512.</summary>
    [Range(16, 512)]
    public ushort QueueSize { get; init; } = VirtioDevice.DefaultQueueSize;
}

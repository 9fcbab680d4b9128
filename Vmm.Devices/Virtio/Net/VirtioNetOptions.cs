using System.ComponentModel.DataAnnotations;

namespace Vmm.Devices.Virtio.Net;

/// <summary>Options of <see cref="VirtioNet"/>: one of <see cref="Tap"/> and <see cref="Socket"/>, and what else is wished.</summary>
public sealed record VirtioNetOptions
{
    /// <summary>Name of a tap of the host.</summary>
    public string Tap { get; init; } = "";

    /// <summary>The Unix socket of a running <c>passt</c>, or of another program with QEMU's stream protocol.</summary>
    public FileInfo? Socket { get; init; }

    /// <summary>The card's address; when empty, one that follows from the backend's name and the host.</summary>
    public string Mac { get; init; } = "";

    /// <summary>The most bytes of an IP packet, which the driver is told; 0 for what the tap has, or nothing.</summary>
    public ushort Mtu { get; init; }

    /// <summary>Number of pairs of queues, each queue with a thread of its own. A socket has one.</summary>
    [Range(1, 16)]
    public ushort Queues { get; init; } = 1;

    /// <summary>Places in each queue: a power of two from 16 to 1024.</summary>
    [Range(16, 1024)]
    public ushort QueueSize { get; init; } = VirtioDevice.DefaultQueueSize;
}

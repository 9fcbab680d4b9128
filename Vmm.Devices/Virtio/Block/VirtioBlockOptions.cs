using System.ComponentModel.DataAnnotations;

namespace Vmm.Devices.Virtio.Block;

/// <summary>Options of <see cref="VirtioBlock"/>.</summary>
public sealed record VirtioBlockOptions
{
    /// <summary>The raw image, or the block device of the host.</summary>
    [Required]
    public FileInfo? Path { get; init; }

    /// <summary>What the image is. Images of other formats than raw are refused; raw says that the disk is what it is, whatever its bytes look like.</summary>
    public DiskFormat Format { get; init; } = DiskFormat.Auto;

    /// <summary>Whether the guest may not write.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Serial number, up to 20 ASCII characters; the instance name when empty.</summary>
    [StringLength(20)]
    public string Serial { get; init; } = "";

    /// <summary>Number of queues, each with a thread of its own.</summary>
    [Range(1, 64)]
    public ushort Queues { get; init; } = 1;

    /// <summary>Places in each queue: a power of two from 4 to 1024.</summary>
    [Range(4, 1024)]
    public ushort QueueSize { get; init; } = VirtioDevice.DefaultQueueSize;
}

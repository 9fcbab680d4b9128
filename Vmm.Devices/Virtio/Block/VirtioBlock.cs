using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Vmm.Core.Buses;
using Vmm.Core.Memory;
using Vmm.Core.Storage;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Block;

/// <summary>Block device (virtio 1.2, 5.2) on a raw image or a block device of the host.</summary>
/// <remarks>
/// Each queue has a thread, which moves data between the host's page cache and guest memory without a copy. A flush is fdatasync: what was
/// acknowledged before it survives the loss of power, and the end of this process needs no flush at all.
/// </remarks>
[Device("virtio-block", Summary = "virtio disk on a raw file or a block device")]
public sealed class VirtioBlock : VirtioDevice
{
    private const uint SectorSize = 512;
    private const int SerialLength = 20; // 5.2.6.1
    private const int MinimumQueueSize = 4;
    private const int MaximumQueueSize = 1024;
    private const int MaximumQueues = 64;
    private const int OverheadSegments = 2; // header and status

    // Small requests are given back in batches, of which the driver gets the first to go on with while the next is served; a long one is worth an interrupt.
    private const ulong WorkPerInterrupt = 64 * 1024;
    private const ulong LeastWork = WorkPerInterrupt / 16;

    // 1 GiB a discard, which is quick; 64 MiB of zeros, which a host may have to write.
    private const uint MaximumDiscardSectors = 1 << 21;
    private const uint MaximumWriteZeroesSectors = 1 << 17;

    private readonly HostDisk _disk;
    private readonly bool _readOnly;
    private readonly BlockRequests[] _requests;
    private BlockConfig _config;

    /// <summary>Opens the disk.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">The disk and its properties.</param>
    /// <param name="memory">Guest memory.</param>
    /// <exception cref="ArgumentException">The disk cannot be opened, or an option cannot be.</exception>
    public VirtioBlock(string name, VirtioBlockOptions options, IDeviceMemory memory)
        : base(name, VirtioDeviceType.Block, memory, Checked(options).Queues, options.QueueSize)
    {
        _disk = Open(options);
        _readOnly = options.ReadOnly;
        _config = new BlockConfig
        {
            Capacity = _disk.Length / SectorSize,
            SegmentMaximum = (uint)options.QueueSize - OverheadSegments,
            BlockSize = SectorSize,
            QueueCount = options.Queues,
            MaximumDiscardSectors = MaximumDiscardSectors,
            MaximumDiscardSegments = 1,
            DiscardAlignment = 1,
            MaximumWriteZeroesSectors = MaximumWriteZeroesSectors,
            MaximumWriteZeroesSegments = 1,
            WriteZeroesMayUnmap = 1,
        };
        byte[] serial = new byte[SerialLength];
        Encoding.ASCII.GetBytes(options.Serial.Length == 0 ? name[..Math.Min(name.Length, SerialLength)] : options.Serial, serial);
        _requests = [.. Queues.Select(queue => new BlockRequests(_disk, memory, _config, serial, _readOnly, queue.MaximumSize))];
    }

    /// <inheritdoc/>
    protected override ulong DeviceFeatures => (ulong)(BlockFeatures.SegmentMaximum | BlockFeatures.BlockSize | BlockFeatures.Flush | BlockFeatures.MultipleQueues
        | (_readOnly ? BlockFeatures.ReadOnly : BlockFeatures.Discard | BlockFeatures.WriteZeroes));

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> Config => MemoryMarshal.AsBytes(new ReadOnlySpan<BlockConfig>(in _config));

    /// <inheritdoc/>
    protected internal override void ServeQueue(Virtqueue queue)
    {
        BlockRequests requests = _requests[queue.Index];
        bool isWriteThrough = !HasFeature((ulong)BlockFeatures.Flush); // 5.2.6.2: who does not flush relies on what is completed
        ulong unsignalled = 0; // bytes
        while (queue.TryPop(out DescriptorChain chain))
        {
            if (!BlockRequests.MovesData(chain))
            {
                queue.Notify(); // nobody waits for a flush who has not asked for it
                unsignalled = 0;
            }

            if (!requests.TryServe(chain, isWriteThrough, out uint written))
            {
                RequireReset(); // there is nowhere to put an error
                return;
            }

            queue.Push(chain, written);
            unsignalled += Math.Max(LeastWork, chain.ReadableLength + (ulong)chain.WritableLength);
            if (unsignalled >= WorkPerInterrupt)
            {
                queue.Notify();
                unsignalled = 0;
            }
        }

        queue.Notify();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _disk.Dispose();
    }

    private static VirtioBlockOptions Checked(VirtioBlockOptions options)
    {
        string? mistake = options switch
        {
            { Path: null } => "option path is missing: it names a raw image or a block device",
            { Queues: < 1 or > MaximumQueues } => $"queues: {options.Queues} is not from 1 to {MaximumQueues}",
            _ when options.QueueSize is < MinimumQueueSize or > MaximumQueueSize || !BitOperations.IsPow2(options.QueueSize) =>
                $"queueSize: {options.QueueSize} is no power of two from {MinimumQueueSize} to {MaximumQueueSize}",
            _ when options.Serial.Length > SerialLength || !Ascii.IsValid(options.Serial) => $"serial: \"{options.Serial}\" is not of up to {SerialLength} ASCII characters",
            _ => null,
        };
        return mistake is null ? options : throw new ArgumentException(mistake, nameof(options));
    }

    private static HostDisk Open(VirtioBlockOptions options)
    {
        HostDisk disk;
        try
        {
            disk = HostDisk.Open(options.Path!.FullName, options.ReadOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ArgumentException($"path: {exception.Message}", nameof(options), exception);
        }

        string? mistake = MistakeOf(disk, options);
        if (mistake is null)
        {
            return disk;
        }

        disk.Dispose();
        throw new ArgumentException($"path: '{options.Path}' {mistake}", nameof(options));
    }

    private static string? MistakeOf(HostDisk disk, VirtioBlockOptions options)
    {
        if (disk.Length < SectorSize)
        {
            return $"has {disk.Length} bytes, less than a sector; create it with its full size (truncate -s)";
        }

        return options.Format == DiskFormat.Auto && disk.LooksLike() is { } format
            ? $"looks like a {format} image, and disks are raw: convert it (qemu-img convert -O raw), or set format to raw if its bytes are those of the disk"
            : null;
    }
}

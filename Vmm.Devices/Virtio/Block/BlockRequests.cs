using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;
using Vmm.Core.Storage;
using Vmm.Devices.Virtio.Queues;

namespace Vmm.Devices.Virtio.Block;

/// <summary>Serves the requests of one queue, one after the other (virtio 1.2, 5.2.6).</summary>
/// <param name="disk">The disk.</param>
/// <param name="memory">Guest memory.</param>
/// <param name="limits">What the driver was told.</param>
/// <param name="serial">The serial number, of its full length.</param>
/// <param name="readOnly">Whether the guest may not write.</param>
/// <param name="capacity">The most buffers in a chain.</param>
internal sealed class BlockRequests(HostDisk disk, IDeviceMemory memory, BlockConfig limits, byte[] serial, bool readOnly, int capacity)
{
    private const int SectorShift = 9;
    private const uint SectorSize = 1 << SectorShift;
    private const uint StatusSize = 1;

    private readonly GuestSegment[] _data = new GuestSegment[capacity];

    private static uint HeaderSize => (uint)Unsafe.SizeOf<BlockRequestHeader>();

    /// <summary>Whether a request reads or writes sectors; others, such as flushes, may take long for what they look like.</summary>
    public static bool MovesData(DescriptorChain chain) =>
        chain.WritableLength > StatusSize || chain.ReadableLength > HeaderSize + (uint)Unsafe.SizeOf<BlockRange>();

    /// <summary>Serves a request.</summary>
    /// <param name="chain">The request.</param>
    /// <param name="isWriteThrough">Whether what is written must be safe when the request ends.</param>
    /// <param name="written">Number of bytes written into it.</param>
    /// <returns>False when it is none: it lacks a header, or room for a status.</returns>
    public bool TryServe(DescriptorChain chain, bool isWriteThrough, out uint written)
    {
        written = 0;
        BlockRequestHeader header = default;
        if (chain.WritableLength < StatusSize || !chain.TryRead(0, MemoryMarshal.AsBytes(new Span<BlockRequestHeader>(ref header))))
        {
            return false;
        }

        BlockStatus status = Serve(in header, chain);
        if (isWriteThrough && status == BlockStatus.Ok && IsWrite(header.Type))
        {
            status = StatusOf(disk.TryFlush());
        }

        uint statusOffset = chain.WritableLength - StatusSize;

        // 2.7.8.2: what is counted was written, from the start; the data of a read that failed may not have been.
        written = status == BlockStatus.Ok || statusOffset == 0 ? chain.WritableLength : 0;
        return chain.TryWrite(statusOffset, [(byte)status]);
    }

    private BlockStatus Serve(in BlockRequestHeader header, DescriptorChain chain) => header.Type switch
    {
        BlockRequestType.In => Read(header.Sector, chain),
        BlockRequestType.Out when !readOnly => Write(header.Sector, chain),
        BlockRequestType.Flush when !readOnly => StatusOf(disk.TryFlush()),
        BlockRequestType.Flush => BlockStatus.Ok,
        BlockRequestType.GetId => GetId(chain),
        BlockRequestType.Discard when !readOnly => ServeRange(chain, limits.MaximumDiscardSectors, isDiscard: true),
        BlockRequestType.WriteZeroes when !readOnly => ServeRange(chain, limits.MaximumWriteZeroesSectors, isDiscard: false),
        BlockRequestType.Out or BlockRequestType.Discard or BlockRequestType.WriteZeroes => BlockStatus.IoError, // 5.2.6.2: a read-only device
        _ => BlockStatus.Unsupported,
    };

    private BlockStatus Read(ulong sector, DescriptorChain chain)
    {
        uint length = chain.WritableLength - StatusSize;
        return IsOnDisk(sector, length)
            ? StatusOf(disk.TryRead(memory, DescriptorChain.Slice(chain.Writable, 0, length, _data), sector << SectorShift))
            : BlockStatus.IoError;
    }

    private BlockStatus Write(ulong sector, DescriptorChain chain)
    {
        uint length = chain.ReadableLength - HeaderSize;
        return IsOnDisk(sector, length)
            ? StatusOf(disk.TryWrite(memory, DescriptorChain.Slice(chain.Readable, HeaderSize, length, _data), sector << SectorShift))
            : BlockStatus.IoError;
    }

    private BlockStatus GetId(DescriptorChain chain)
    {
        int length = (int)Math.Min(chain.WritableLength - StatusSize, (uint)serial.Length);
        return StatusOf(chain.TryWrite(0, serial.AsSpan(0, length)));
    }

    // One range a request is what the driver was told; more of them are none that is supported.
    private BlockStatus ServeRange(DescriptorChain chain, uint mostSectors, bool isDiscard)
    {
        BlockRange range = default;
        if (chain.ReadableLength != HeaderSize + (uint)Unsafe.SizeOf<BlockRange>()
            || !chain.TryRead(HeaderSize, MemoryMarshal.AsBytes(new Span<BlockRange>(ref range))))
        {
            return BlockStatus.Unsupported;
        }

        // 5.2.6.2: unknown flags, and unmap on a discard, are not supported.
        if ((range.Flags & ~BlockRangeFlags.Unmap) != 0 || (isDiscard && range.Flags != BlockRangeFlags.None))
        {
            return BlockStatus.Unsupported;
        }

        ulong length = (ulong)range.Sectors << SectorShift;
        if (range.Sectors == 0 || range.Sectors > mostSectors || !IsOnDisk(range.Sector, length))
        {
            return BlockStatus.IoError;
        }

        ulong offset = range.Sector << SectorShift;
        return StatusOf(isDiscard ? disk.TryDiscard(offset, length) : disk.TryWriteZeroes(offset, length, (range.Flags & BlockRangeFlags.Unmap) != 0));
    }

    private bool IsOnDisk(ulong sector, ulong length) =>
        length % SectorSize == 0 && sector <= limits.Capacity && length >> SectorShift <= limits.Capacity - sector;

    private static bool IsWrite(BlockRequestType type) => type is BlockRequestType.Out or BlockRequestType.Discard or BlockRequestType.WriteZeroes;

    private static BlockStatus StatusOf(bool done) => done ? BlockStatus.Ok : BlockStatus.IoError;
}

using System.Runtime.CompilerServices;
using Vmm.Core.Boot.Compression;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>A Linux bzImage of boot protocol 2.12 or later with a 64-bit entry point.</summary>
public sealed class BzImage : KernelImage
{
    private const ulong SectorSize = 512;
    private const ulong ParagraphSize = 16;

    // boot.rst: "If setup_sects is 0, the real value is 4".
    private const byte DefaultSetupSectors = 4;

    // boot.rst, "64-bit boot protocol": the entry point is the start of the protected-mode part plus 0x200.
    private const ulong Entry64Offset = 0x200;

    private readonly SetupHeader _header;
    private readonly byte[] _headerBytes;
    private readonly ulong _offset;
    private readonly ulong _size;

    internal BzImage(ImageSource source)
        : base(source)
    {
        _headerBytes = ReadHeader(source);
        _header = Unsafe.ReadUnaligned<SetupHeader>(ref _headerBytes[0]);
        _offset = (ulong)((_header.SetupSectors == 0 ? DefaultSetupSectors : _header.SetupSectors) + 1) * SectorSize;
        _size = _header.SystemSize * ParagraphSize;
        CheckHeader();
    }

    /// <inheritdoc/>
    public override LoadedKernel Load(GuestMemory memory, MemoryLayout layout, KernelLoadMode mode)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(layout);
        return mode == KernelLoadMode.Decompressor ? LoadDecompressor(memory, layout) : Unpack(memory, layout);
    }

    internal static bool IsBzImage(ImageSource source) =>
        source.Contains(SetupHeader.LengthBase, sizeof(uint)) && source.Read<uint>(SetupHeader.LengthBase, "the magic number") == SetupHeader.MagicValue;

    // The image's header may be newer and longer than ours: its bytes are kept, and read through our layout.
    private static byte[] ReadHeader(ImageSource source)
    {
        int end = SetupHeader.LengthBase + source.Read<byte>(SetupHeader.LengthByte, "the setup header");
        if (end < SetupHeader.LeastEnd)
        {
            throw Malformed(source, $"its setup header ends at 0x{end:x}, too early for boot protocol 2.12");
        }

        int length = Math.Min(end, SetupHeader.Limit) - SetupHeader.Offset;
        byte[] bytes = new byte[Math.Max(length, Unsafe.SizeOf<SetupHeader>())];
        source.Read(SetupHeader.Offset, bytes.AsSpan(0, length), "the setup header");
        return bytes;
    }

    private void CheckHeader()
    {
        if (_header.BootFlag != SetupHeader.BootFlagValue)
        {
            throw Malformed($"its boot flag is 0x{_header.BootFlag:x}");
        }

        if (_header.Version < SetupHeader.LowestVersion)
        {
            throw new BootException(
                BootError.Unsupported,
                $"{Source.Name}: boot protocol {_header.Version >> 8}.{_header.Version & 0xFF:d2} is older than 2.12 (Linux 3.8); use a newer kernel");
        }

        if ((_header.ExtendedLoadFlags & SetupHeader.Kernel64) == 0)
        {
            throw ForeignImage.WrongArchitecture(Source, "the 32-bit mode of x86");
        }

        if ((_header.LoadFlags & SetupHeader.LoadedHigh) == 0)
        {
            throw new BootException(BootError.Unsupported, $"{Source.Name}: a zImage that must be loaded low; build a bzImage");
        }

        if (!Source.Contains(_offset, _size))
        {
            throw new BootException(
                BootError.Truncated, $"{Source.Name}: truncated: its header promises {_offset + _size} bytes, the file has {Source.Length}; copy it again");
        }

        if (_size <= Entry64Offset || !new MemoryRange(0, _size).Contains(_header.PayloadOffset, _header.PayloadLength))
        {
            throw Malformed("the payload lies outside of the protected-mode part");
        }
    }

    private LoadedKernel Unpack(GuestMemory memory, MemoryLayout layout)
    {
        if (_header.PayloadLength > int.MaxValue)
        {
            throw Malformed("the payload is larger than 2 GiB");
        }

        byte[] payload = new byte[_header.PayloadLength];
        Source.Read(_offset + _header.PayloadOffset, payload, "the payload");
        byte[] vmlinux = Payload.Decompress(payload, Source.Name, memory.Size);
        MemoryImageSource unpacked = new($"{Source.Name} (unpacked)", vmlinux);
        if (!ElfKernel.IsElf(unpacked))
        {
            throw Malformed("the payload does not unpack to an ELF vmlinux");
        }

        return new ElfKernel(unpacked).Load(memory, layout, KernelLoadMode.Unpack) with { SetupHeader = _headerBytes };
    }

    private LoadedKernel LoadDecompressor(GuestMemory memory, MemoryLayout layout)
    {
        if (_header.InitSize < _size)
        {
            throw Malformed($"its init_size of {_header.InitSize} bytes is smaller than the kernel itself");
        }

        ulong at = _header.PreferredAddress;
        MemoryRange working = new(at, _header.InitSize);
        layout.RequireLoadable(working, Source.Name, "the decompressor's working area");
        Source.CopyTo(_offset, memory, new MemoryRange(at, _size), "the protected-mode part");

        ulong payloadEnd = (ulong)_header.PayloadOffset + _header.PayloadLength;
        MemoryRange before = new(at, _header.PayloadOffset);
        MemoryRange payload = new(at + _header.PayloadOffset, _header.PayloadLength);
        MemoryRange after = new(at + payloadEnd, _size - payloadEnd);
        return new LoadedKernel
        {
            Entry = at + Entry64Offset,
            Loaded =
            [
                .. NotEmpty(LoadedContent.Kernel, before),
                .. NotEmpty(LoadedContent.KernelPayload, payload),
                .. NotEmpty(LoadedContent.Kernel, after),
            ],
            Occupied = [working],
            SetupHeader = _headerBytes,
            Decompressor = new Decompressor([before, after], at, _header.InitSize),
        };
    }

    private static IEnumerable<LoadedRange> NotEmpty(LoadedContent content, MemoryRange range) => range.Size == 0 ? [] : [new LoadedRange(content, range)];

    private BootException Malformed(string what) => Malformed(Source, what);

    private static BootException Malformed(ImageSource source, string what) => new(BootError.Malformed, $"{source.Name}: not a sound bzImage: {what}");
}

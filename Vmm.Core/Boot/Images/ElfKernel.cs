using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>A statically linked ELF64 executable: a vmlinux, or a bare-metal program.</summary>
public sealed class ElfKernel : KernelImage
{
    // Linux has five at the most; the bound keeps a damaged header from costing more than a page of reading.
    private const int MaximumProgramHeaders = 64;

    private readonly ElfProgramHeader[] _segments;

    internal ElfKernel(ImageSource source)
        : base(source)
    {
        ElfHeader header = ReadHeader(source);
        _segments = ReadSegments(source, header);
        Entry = FindEntry(header.Entry);
    }

    /// <summary>Guest-physical address of the first instruction.</summary>
    public ulong Entry { get; }

    /// <inheritdoc/>
    public override LoadedKernel Load(GuestMemory memory, MemoryLayout layout, KernelLoadMode mode)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (mode == KernelLoadMode.Decompressor)
        {
            throw new BootException(
                BootError.Unsupported, $"{Source.Name}: an ELF kernel has no decompressor; name a bzImage (vmlinuz), or choose the unpack mode");
        }

        foreach (ElfProgramHeader segment in _segments)
        {
            layout.RequireLoadable(segment.Physical, Source.Name, "a segment");
        }

        List<LoadedRange> loaded = [];
        foreach (ElfProgramHeader segment in _segments)
        {
            MemoryRange file = new(segment.PhysicalAddress, segment.FileSize);
            Source.CopyTo(segment.Offset, memory, file, "a segment");
            memory.Clear(new MemoryRange(file.End, segment.MemorySize - segment.FileSize));
            if (file.Size != 0)
            {
                loaded.Add(new LoadedRange(LoadedContent.Kernel, file));
            }
        }

        return new LoadedKernel
        {
            Entry = Entry,
            Loaded = loaded,
            Occupied = [.. _segments.Select(segment => segment.Physical)],
            SetupHeader = SetupHeader.Minimal().ToBytes(),
        };
    }

    internal static bool IsElf(ImageSource source) => source.Contains(0, sizeof(uint)) && source.Read<uint>(0, "the magic number") == ElfHeader.MagicValue;

    private static ElfHeader ReadHeader(ImageSource source)
    {
        ElfHeader header = source.Read<ElfHeader>(0, "the ELF header");
        if (header.DataEncoding != ElfHeader.LittleEndian)
        {
            throw ForeignImage.WrongArchitecture(source, "a big-endian processor");
        }

        // Behind e_machine the 32-bit header differs, before it the two agree.
        if (header.Machine != ElfHeader.MachineX86_64)
        {
            throw ForeignImage.WrongArchitecture(source, ForeignImage.ElfMachineName(header.Machine));
        }

        if (header.Class != ElfHeader.Class64)
        {
            throw ForeignImage.WrongArchitecture(source, "the 32-bit mode of x86");
        }

        if (header.Type != ElfHeader.TypeExecutable)
        {
            throw new BootException(
                BootError.Unsupported,
                $"{source.Name}: ELF type {header.Type} is not an executable with fixed addresses; link it without -pie (modules and objects cannot boot)");
        }

        return header;
    }

    private static ElfProgramHeader[] ReadSegments(ImageSource source, in ElfHeader header)
    {
        if (header.ProgramHeaderSize != Unsafe.SizeOf<ElfProgramHeader>() || header.ProgramHeaderCount is 0 or > MaximumProgramHeaders)
        {
            throw Malformed(source, $"it declares {header.ProgramHeaderCount} program headers of {header.ProgramHeaderSize} bytes");
        }

        ElfProgramHeader[] all = new ElfProgramHeader[header.ProgramHeaderCount];
        source.Read(header.ProgramHeaderOffset, MemoryMarshal.AsBytes(all.AsSpan()), "the program headers");
        ElfProgramHeader[] segments = [.. all
            .Where(segment => segment.Type == ElfProgramHeader.TypeLoad && segment.MemorySize != 0)
            .OrderBy(segment => segment.PhysicalAddress)];
        if (segments.Length == 0)
        {
            throw Malformed(source, "it has nothing to load");
        }

        ulong free = 0;
        foreach (ElfProgramHeader segment in segments)
        {
            if (segment.FileSize > segment.MemorySize)
            {
                throw Malformed(source, $"the segment at 0x{segment.PhysicalAddress:x} is longer in the file than in memory");
            }

            if (segment.MemorySize > ulong.MaxValue - segment.PhysicalAddress || segment.PhysicalAddress < free)
            {
                throw Malformed(source, $"the segment at 0x{segment.PhysicalAddress:x} wraps around or overlaps another");
            }

            if (!source.Contains(segment.Offset, segment.FileSize))
            {
                throw new BootException(
                    BootError.Truncated,
                    $"{source.Name}: truncated: the segment at 0x{segment.PhysicalAddress:x} lies beyond the end of the file ({source.Length} bytes); copy it again");
            }

            free = segment.Physical.End;
        }

        return segments;
    }

    private static BootException Malformed(ImageSource source, string what) =>
        new(BootError.Malformed, $"{source.Name}: not a sound ELF file: {what}");

    // Linux states a physical entry point; other programs may state the virtual one.
    private ulong FindEntry(ulong entry)
    {
        foreach (ElfProgramHeader segment in _segments)
        {
            if (segment.Physical.Contains(entry, 1))
            {
                return entry;
            }
        }

        foreach (ElfProgramHeader segment in _segments)
        {
            if (segment.Virtual.Contains(entry, 1))
            {
                return entry - segment.VirtualAddress + segment.PhysicalAddress;
            }
        }

        throw Malformed(Source, $"its entry point 0x{entry:x} lies in no segment");
    }
}

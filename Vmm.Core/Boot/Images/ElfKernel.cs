using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>A statically linked ELF64 executable: a vmlinux, or a bare-metal program.</summary>
public sealed class ElfKernel : KernelImage
{
    private readonly ElfProgramHeader[] _segments;

    internal ElfKernel(ImageSource source)
        : base(source)
    {
        ElfHeader header = ElfReader.ReadHeader(source);
        _segments = ElfReader.ReadSegments(source, header);
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
            Occupied = Array.ConvertAll(_segments, segment => segment.Physical),
            SetupHeader = SetupHeader.Minimal().ToBytes(),
        };
    }

    internal static bool IsElf(ImageSource source) => source.Contains(0, sizeof(uint)) && source.Read<uint>(0, "the magic number") == ElfHeader.MagicValue;

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

        throw ElfReader.Malformed(Source, $"its entry point 0x{entry:x} lies in no segment");
    }
}

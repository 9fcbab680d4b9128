using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Images;

/// <summary>Reads and checks an ELF64 file's headers.</summary>
internal static class ElfReader
{
    // Linux has five at the most; the bound keeps a damaged header from costing more than a page of reading.
    private const int MaximumProgramHeaders = 64;

    internal static ElfHeader ReadHeader(ImageSource source)
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

    internal static ElfProgramHeader[] ReadSegments(ImageSource source, in ElfHeader header)
    {
        if (header.ProgramHeaderSize != Unsafe.SizeOf<ElfProgramHeader>() || header.ProgramHeaderCount is 0 or > MaximumProgramHeaders)
        {
            throw Malformed(source, $"it declares {header.ProgramHeaderCount} program headers of {header.ProgramHeaderSize} bytes");
        }

        ElfProgramHeader[] all = new ElfProgramHeader[header.ProgramHeaderCount];
        source.Read(header.ProgramHeaderOffset, MemoryMarshal.AsBytes(all.AsSpan()), "the program headers");
        ElfProgramHeader[] segments = Array.FindAll(all, segment => segment.Type == ElfProgramHeader.TypeLoad && segment.MemorySize != 0);
        Array.Sort(segments, (one, other) => one.PhysicalAddress.CompareTo(other.PhysicalAddress));
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

    internal static BootException Malformed(ImageSource source, string what) =>
        new(BootError.Malformed, $"{source.Name}: not a sound ELF file: {what}");
}

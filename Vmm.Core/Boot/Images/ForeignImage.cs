using System.Buffers.Binary;

namespace Vmm.Core.Boot.Images;

/// <summary>Says what a file is that cannot be booted, so that the message can name the mistake.</summary>
internal static class ForeignImage
{
    private const int ProbeSize = 4096;
    private const ushort DosMagic = 0x5A4D;
    private const int DosPeOffset = 0x3C;
    private const uint PeMagic = 0x4550;
    private const ushort PeMachineX86_64 = 0x8664;

    // arch/arm64/include/asm/image.h and arch/riscv/include/asm/image.h: the magic numbers share one place.
    private const int ImageMagicOffset = 56;
    private const uint Arm64ImageMagic = 0x644D5241;
    private const uint RiscVImageMagic = 0x05435352;

    internal static BootException Explain(ImageSource source)
    {
        Span<byte> probe = new byte[Math.Min(source.Length, ProbeSize)];
        source.Read(0, probe, "the first page");
        if (probe.IsEmpty)
        {
            return new BootException(BootError.NotAKernel, $"{source.Name}: the file is empty");
        }

        if (ArchitectureOf(probe) is { } architecture)
        {
            return WrongArchitecture(source, architecture);
        }

        string what = probe switch
        {
            [0x1F, 0x8B, ..] => "a gzip file: decompress it first",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "a zstd file: decompress it first",
            [0xFD, 0x37, 0x7A, 0x58, 0x5A, ..] => "an xz file: decompress it first",
            [(byte)'!', (byte)'<', (byte)'a', (byte)'r', ..] => "an archive (a package?): take vmlinuz out of it",
            [(byte)'M', (byte)'Z', ..] => "an EFI program without a Linux setup header (a unified kernel image?): take the kernel out of its .linux section",
            _ => "something else: it is neither an ELF64 vmlinux nor a bzImage",
        };
        return new BootException(BootError.NotAKernel, $"{source.Name}: not a kernel image but {what}");
    }

    internal static BootException WrongArchitecture(ImageSource source, string architecture) =>
        new(BootError.WrongArchitecture, $"{source.Name}: this kernel is for {architecture}; this machine runs x86-64 kernels");

    internal static string ElfMachineName(ushort machine) => machine switch
    {
        3 => "i386",
        8 => "mips",
        20 => "powerpc",
        21 => "powerpc64",
        22 => "s390",
        40 => "arm",
        183 => "aarch64",
        243 => "riscv",
        258 => "loongarch",
        _ => $"ELF machine {machine}",
    };

    private static string? ArchitectureOf(ReadOnlySpan<byte> probe)
    {
        if (probe.Length >= ImageMagicOffset + sizeof(uint))
        {
            switch (BinaryPrimitives.ReadUInt32LittleEndian(probe[ImageMagicOffset..]))
            {
                case Arm64ImageMagic: return "aarch64";
                case RiscVImageMagic: return "riscv";
            }
        }

        return PeMachine(probe) is { } machine and not PeMachineX86_64 ? PeMachineName(machine) : null;
    }

    private static ushort? PeMachine(ReadOnlySpan<byte> probe)
    {
        if (probe.Length < DosPeOffset + sizeof(uint) || BinaryPrimitives.ReadUInt16LittleEndian(probe) != DosMagic)
        {
            return null;
        }

        uint header = BinaryPrimitives.ReadUInt32LittleEndian(probe[DosPeOffset..]);
        const int Needed = sizeof(uint) + sizeof(ushort);
        return header <= (uint)probe.Length && (uint)probe.Length - header >= Needed && BinaryPrimitives.ReadUInt32LittleEndian(probe[(int)header..]) == PeMagic
            ? BinaryPrimitives.ReadUInt16LittleEndian(probe[((int)header + sizeof(uint))..])
            : null;
    }

    private static string PeMachineName(ushort machine) => machine switch
    {
        0x14C => "i386",
        0x1C2 or 0x1C4 => "arm",
        0xAA64 => "aarch64",
        0x5064 => "riscv",
        0x6264 => "loongarch",
        _ => $"PE machine 0x{machine:x}",
    };
}

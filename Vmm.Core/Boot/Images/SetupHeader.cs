using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Images;

/// <summary>Linux's setup header (Documentation/arch/x86/boot.rst), at 0x1F1 of a bzImage and of boot_params.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SetupHeader
{
    /// <summary>Where the header lies in a bzImage and in boot_params.</summary>
    internal const int Offset = 0x1F1;

    /// <summary>Where the byte lies that, added to <see cref="LengthBase"/>, gives the header's end: the operand of its jump.</summary>
    internal const int LengthByte = 0x201;

    /// <summary>End of the jump instruction.</summary>
    internal const int LengthBase = 0x202;

    /// <summary>End of the room for the header in boot_params: what follows is edd_mbr_sig_buffer.</summary>
    internal const int Limit = 0x290;

    /// <summary>End of init_size, the last field of protocol 2.12 that a loader needs.</summary>
    internal const int LeastEnd = 0x264;

    internal const ushort BootFlagValue = 0xAA55;

    /// <summary>"HdrS".</summary>
    internal const uint MagicValue = 0x53726448;

    /// <summary>The first version with xloadflags, and with it the 64-bit entry point.</summary>
    internal const ushort LowestVersion = 0x020C;

    internal const ushort CurrentVersion = 0x020F;
    internal const byte UndefinedLoader = 0xFF;
    internal const byte LoadedHigh = 1;
    internal const ushort Kernel64 = 1;

    /// <summary>initrd_addr_max of every 64-bit kernel so far; for kernels that come without a header.</summary>
    internal const uint DefaultInitrdAddressMax = 0x7FFF_FFFF;

    /// <summary>COMMAND_LINE_SIZE of x86 without the NUL; for kernels that come without a header.</summary>
    internal const uint DefaultCommandLineSize = 2047;

    public byte SetupSectors;
    public ushort RootFlags;
    public uint SystemSize;
    public ushort RamSize;
    public ushort VideoMode;
    public ushort RootDevice;
    public ushort BootFlag;
    public ushort Jump;
    public uint Magic;
    public ushort Version;
    public uint RealModeSwitch;
    public ushort StartSystemSegment;
    public ushort KernelVersion;
    public byte TypeOfLoader;
    public byte LoadFlags;
    public ushort SetupMoveSize;
    public uint Code32Start;
    public uint RamdiskImage;
    public uint RamdiskSize;
    public uint BootSectorKludge;
    public ushort HeapEnd;
    public byte ExtendedLoaderVersion;
    public byte ExtendedLoaderType;
    public uint CommandLinePointer;
    public uint InitrdAddressMax;
    public uint KernelAlignment;
    public byte RelocatableKernel;
    public byte MinimumAlignment;
    public ushort ExtendedLoadFlags;
    public uint CommandLineSize;
    public uint HardwareSubarchitecture;
    public ulong HardwareSubarchitectureData;
    public uint PayloadOffset;
    public uint PayloadLength;
    public ulong SetupData;
    public ulong PreferredAddress;
    public uint InitSize;
    public uint HandoverOffset;
    public uint KernelInfoOffset;

    /// <summary>The header of a kernel that comes without one: what the kernel needs to trust boot_params.</summary>
    internal static SetupHeader Minimal() => new()
    {
        BootFlag = BootFlagValue,
        Magic = MagicValue,
        Version = CurrentVersion,
        LoadFlags = LoadedHigh,
        ExtendedLoadFlags = Kernel64,
        InitrdAddressMax = DefaultInitrdAddressMax,
        CommandLineSize = DefaultCommandLineSize,
    };

    internal readonly byte[] ToBytes()
    {
        SetupHeader copy = this;
        return MemoryMarshal.AsBytes(new Span<SetupHeader>(ref copy)).ToArray();
    }
}

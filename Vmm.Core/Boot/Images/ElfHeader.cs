using System.Runtime.InteropServices;

namespace Vmm.Core.Boot.Images;

/// <summary>ELF64 file header (System V ABI, chapter 4, "ELF header").</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ElfHeader
{
    /// <summary>0x7F 'E' 'L' 'F' as a little-endian number.</summary>
    internal const uint MagicValue = 0x464C457F;
    internal const byte Class64 = 2;
    internal const byte LittleEndian = 1;
    internal const ushort TypeExecutable = 2;
    internal const ushort MachineX86_64 = 62;

    public uint Magic;
    public byte Class;
    public byte DataEncoding;
    public byte IdentVersion;
    public byte OsAbi;
    public ulong Padding;
    public ushort Type;
    public ushort Machine;
    public uint Version;
    public ulong Entry;
    public ulong ProgramHeaderOffset;
    public ulong SectionHeaderOffset;
    public uint Flags;
    public ushort HeaderSize;
    public ushort ProgramHeaderSize;
    public ushort ProgramHeaderCount;
    public ushort SectionHeaderSize;
    public ushort SectionHeaderCount;
    public ushort SectionNameIndex;
}

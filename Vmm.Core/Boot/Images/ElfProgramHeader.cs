using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>ELF64 program header (System V ABI, chapter 5, "Program header").</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ElfProgramHeader
{
    internal const uint TypeLoad = 1;

    public uint Type;
    public uint Flags;
    public ulong Offset;
    public ulong VirtualAddress;
    public ulong PhysicalAddress;
    public ulong FileSize;
    public ulong MemorySize;
    public ulong Alignment;

    /// <summary>All of the segment in guest-physical memory, .bss included.</summary>
    public readonly MemoryRange Physical => new(PhysicalAddress, MemorySize);

    /// <summary>Where the segment is linked.</summary>
    public readonly MemoryRange Virtual => new(VirtualAddress, MemorySize);
}

namespace Vmm.Core.Exits;

/// <summary>A memory access of one instruction.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Gpa">First guest-physical address, with the shared bit as in the page table.</param>
/// <param name="Linear">First linear address.</param>
/// <param name="Size">Bytes; 0 where the instruction does not say.</param>
public readonly record struct MemoryAccess(MemoryAccessKind Kind, ulong Gpa, ulong Linear, int Size);

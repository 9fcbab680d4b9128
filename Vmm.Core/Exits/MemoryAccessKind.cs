namespace Vmm.Core.Exits;

/// <summary>What an instruction does with memory.</summary>
public enum MemoryAccessKind
{
    /// <summary>Data read.</summary>
    Read,

    /// <summary>Data write; also of instructions that read first.</summary>
    Write,

    /// <summary>Fetch of the instruction itself.</summary>
    Fetch,

    /// <summary>The processor's own read of a page table.</summary>
    PageWalk,
}

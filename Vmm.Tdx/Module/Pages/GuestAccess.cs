namespace Vmm.Tdx.Module.Pages;

/// <summary>What a guest did with an address.</summary>
public enum GuestAccess
{
    /// <summary>Data read.</summary>
    Read,

    /// <summary>Data write.</summary>
    Write,

    /// <summary>Instruction fetch.</summary>
    Fetch,

    /// <summary>Read of a page table by the processor.</summary>
    PageWalk,
}

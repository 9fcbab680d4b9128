namespace Vmm.Core.Pci;

/// <summary>In which address space a base address register lies.</summary>
public enum PciBarKind
{
    /// <summary>Memory below 4 GiB.</summary>
    Memory32,

    /// <summary>Memory anywhere; takes two registers.</summary>
    Memory64,

    /// <summary>I/O ports.</summary>
    Io,
}

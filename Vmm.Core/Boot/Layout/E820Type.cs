namespace Vmm.Core.Boot.Layout;

/// <summary>Kinds of memory in the e820 map (ACPI 6.5, table 15.6).</summary>
public enum E820Type : uint
{
    /// <summary>RAM for the guest to use.</summary>
    Ram = 1,

    /// <summary>Not for the guest's allocator.</summary>
    Reserved = 2,

    /// <summary>ACPI tables.</summary>
    Acpi = 3,

    /// <summary>Memory that firmware and the guest share for good.</summary>
    AcpiNvs = 4,
}

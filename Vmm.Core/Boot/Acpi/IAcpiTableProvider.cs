namespace Vmm.Core.Boot.Acpi;

/// <summary>A device that needs ACPI tables of its own.</summary>
public interface IAcpiTableProvider
{
    /// <summary>The tables, in order.</summary>
    IReadOnlyList<AcpiTable> AcpiTables { get; }
}

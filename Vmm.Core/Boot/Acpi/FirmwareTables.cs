namespace Vmm.Core.Boot.Acpi;

/// <summary>The ACPI tables of a machine whose firmware installs them itself: they know nothing of where they will lie.</summary>
public static class FirmwareTables
{
    /// <summary>DSDT, FADT, MADT and the rest, in this order; addresses in them are 0. Of the wake-up mailbox the firmware tells.</summary>
    public static IReadOnlyList<AcpiTable> Create(LinuxBootOptions options) =>
    [
        Dsdt.Create(options.AcpiContributors),
        Fadt.Create(dsdt: 0, options.AcpiPorts),
        Madt.Create(options.ProcessorCount, mailbox: null),
        .. options.AcpiTables,
    ];
}

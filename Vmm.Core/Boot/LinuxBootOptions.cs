using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Images;

namespace Vmm.Core.Boot;

/// <summary>What to boot.</summary>
public sealed record LinuxBootOptions
{
    /// <summary>Path of a bzImage or of an ELF64 kernel.</summary>
    public required string Kernel { get; init; }

    /// <summary>Who unpacks a compressed kernel.</summary>
    public KernelLoadMode Mode { get; init; } = KernelLoadMode.Unpack;

    /// <summary>Path of the initial RAM disk, or null.</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel's command line, without a NUL.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>Number of processors; their APIC ids count from 0.</summary>
    public int ProcessorCount { get; init; } = 1;

    /// <summary>How the guest starts the other processors.</summary>
    public ApStart ApStart { get; init; } = ApStart.Mailbox;

    /// <summary>The ports of the ACPI power-management registers.</summary>
    public AcpiPorts AcpiPorts { get; init; } = AcpiPorts.Default;

    /// <summary>What describes itself in the DSDT, in order.</summary>
    public IReadOnlyList<IAcpiContributor> AcpiContributors { get; init; } = [AcpiSerialPort.Com1];

    /// <summary>Bytes of RAM, where guest memory has more than that, such as firmware; null is all of it.</summary>
    public ulong? RamSize { get; init; }

    /// <summary>Further ACPI tables, in order.</summary>
    public IReadOnlyList<AcpiTable> AcpiTables { get; init; } = [];
}

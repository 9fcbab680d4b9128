using Vmm.Core.Boot.Acpi;

namespace Vmm.Devices.Acpi;

/// <summary>Options of <see cref="AcpiPower"/>. The FADT must name the same ports.</summary>
public sealed record AcpiPowerOptions
{
    /// <summary>Port of the sleep control register.</summary>
    public ushort SleepControlPort { get; init; } = AcpiPorts.Default.SleepControl;

    /// <summary>Port of the sleep status register.</summary>
    public ushort SleepStatusPort { get; init; } = AcpiPorts.Default.SleepStatus;

    /// <summary>Port of the reset register.</summary>
    public ushort ResetPort { get; init; } = AcpiPorts.Default.Reset;
}

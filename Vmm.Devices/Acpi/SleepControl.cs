using Vmm.Core.Boot.Acpi;

namespace Vmm.Devices.Acpi;

/// <summary>Sleep control register (ACPI 6.5, 4.8.3.7).</summary>
[Flags]
internal enum SleepControl : byte
{
    None = 0,

    /// <summary>SLP_TYPx.</summary>
    SleepType = AcpiPorts.SleepTypeMask << AcpiPorts.SleepTypeShift,

    /// <summary>SLP_TYPx of soft-off, as <c>\_S5</c> in the DSDT says.</summary>
    SoftOff = AcpiPorts.SoftOff << AcpiPorts.SleepTypeShift,

    /// <summary>SLP_EN; always reads as zero.</summary>
    SleepEnable = AcpiPorts.SleepEnable,
}

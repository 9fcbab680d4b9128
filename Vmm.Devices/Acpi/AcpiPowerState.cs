namespace Vmm.Devices.Acpi;

/// <summary>State of an <see cref="AcpiPower"/>.</summary>
/// <param name="SleepControl">The sleep control register, as it reads.</param>
public sealed record AcpiPowerState(byte SleepControl);

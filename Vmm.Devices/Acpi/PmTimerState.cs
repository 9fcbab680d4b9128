namespace Vmm.Devices.Acpi;

/// <summary>State of a <see cref="PmTimer"/>.</summary>
/// <param name="Elapsed">How long it has been counting.</param>
public sealed record PmTimerState(TimeSpan Elapsed);

namespace Vmm.Devices.Acpi;

/// <summary>Options of <see cref="PowerButton"/>.</summary>
public sealed record PowerButtonOptions
{
    /// <summary>Global system interrupt that tells of a press. 9 is where a PC's ACPI has its interrupt; a hardware-reduced platform has no other use for it.</summary>
    public int Irq { get; init; } = 9;
}

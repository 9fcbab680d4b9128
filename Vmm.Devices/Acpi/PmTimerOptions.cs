namespace Vmm.Devices.Acpi;

/// <summary>Options of <see cref="PmTimer"/>.</summary>
public sealed record PmTimerOptions
{
    /// <summary>First of the four ports.</summary>
    public ushort Port { get; init; } = 0x608;

    /// <summary>Whether the counter has 32 bits (FADT flag TMR_VAL_EXT) instead of 24.</summary>
    public bool Extended { get; init; } = true;
}

namespace Vmm.Devices.Keyboard;

/// <summary>Options of <see cref="I8042"/>.</summary>
public sealed record I8042Options
{
    /// <summary>Global system interrupt of the keyboard.</summary>
    public int Irq { get; init; } = 1;
}

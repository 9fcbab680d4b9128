namespace Vmm.Devices.Serial;

/// <summary>Options of <see cref="Uart16550"/>. The defaults are those of COM1.</summary>
public sealed record Uart16550Options
{
    /// <summary>First of the eight ports.</summary>
    public ushort Port { get; init; } = 0x3F8;

    /// <summary>Global system interrupt of the interrupt line.</summary>
    public int Irq { get; init; } = 4;

    /// <summary>Name of the byte stream on the other end of the line.</summary>
    public string Stream { get; init; } = "console";
}

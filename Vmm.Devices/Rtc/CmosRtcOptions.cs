namespace Vmm.Devices.Rtc;

/// <summary>Options of <see cref="CmosRtc"/>.</summary>
public sealed record CmosRtcOptions
{
    /// <summary>Port of the index register; the data register follows it.</summary>
    public ushort Port { get; init; } = 0x70;

    /// <summary>Global system interrupt of the interrupt line.</summary>
    public int Irq { get; init; } = 8;
}

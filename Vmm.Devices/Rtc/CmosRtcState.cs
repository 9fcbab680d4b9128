namespace Vmm.Devices.Rtc;

/// <summary>State of a <see cref="CmosRtc"/>.</summary>
/// <param name="Offset">How far the guest's clock is ahead of UTC.</param>
/// <param name="Index">The index register.</param>
/// <param name="NmiDisabled">Whether the guest masks NMI.</param>
/// <param name="A">Register A.</param>
/// <param name="B">Register B.</param>
/// <param name="Flags">The flags of register C.</param>
/// <param name="TimeAge">How old the time in the RAM is; null when the next look brings it up to date.</param>
/// <param name="Ram">All 128 bytes, those of the time and the alarm among them.</param>
public sealed record CmosRtcState(TimeSpan Offset, byte Index, bool NmiDisabled, byte A, byte B, byte Flags, TimeSpan? TimeAge, IReadOnlyList<byte> Ram);

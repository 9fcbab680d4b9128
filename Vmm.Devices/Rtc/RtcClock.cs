namespace Vmm.Devices.Rtc;

/// <summary>The guest's idea of UTC: the host's, plus an offset once the guest has set its clock.</summary>
internal sealed class RtcClock(TimeProvider time)
{
    private long _offset; // ticks

    public DateTime Now => new(Clamp(time.GetUtcNow().UtcTicks + _offset), DateTimeKind.Utc);

    /// <summary>How far it is ahead of the host's.</summary>
    public TimeSpan Offset
    {
        get => new(_offset);
        set => _offset = value.Ticks;
    }

    public void Set(DateTime now) => _offset = now.Ticks - time.GetUtcNow().UtcTicks;

    /// <summary>A guest may set its clock to the last second of the year 9999; it then stands there.</summary>
    private static long Clamp(long ticks) => Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
}

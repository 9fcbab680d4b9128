namespace Vmm.Devices.Rtc;

/// <summary>The alarm registers, decoded.</summary>
/// <param name="Hour">Hour, or null for every hour.</param>
/// <param name="Minute">Minute, or null for every minute.</param>
/// <param name="Second">Second, or null for every second.</param>
internal readonly record struct RtcAlarm(int? Hour, int? Minute, int? Second)
{
    private const byte DontCare = 0xC0; // both upper bits set: every hour, minute or second

    public static RtcAlarm Of(ReadOnlySpan<byte> ram, RtcFormat format)
    {
        byte hour = ram[(int)RtcRegister.HoursAlarm];
        byte minute = ram[(int)RtcRegister.MinutesAlarm];
        byte second = ram[(int)RtcRegister.SecondsAlarm];
        return new RtcAlarm(
            IsDontCare(hour) ? null : format.DecodeHour(hour),
            IsDontCare(minute) ? null : format.Decode(minute),
            IsDontCare(second) ? null : format.Decode(second));
    }

    /// <summary>The first second after a time at which the alarm goes off.</summary>
    /// <returns>Null if the registers hold no time of day.</returns>
    public DateTime? Next(DateTime after)
    {
        if (Hour is < 0 or > 23 || Minute is < 0 or > 59 || Second is < 0 or > 59 || after >= DateTime.MaxValue.AddDays(-2))
        {
            return null;
        }

        // At most 24 + 60 + 60 steps: each loop moves the coarser field first.
        DateTime time = after.AddTicks(TimeSpan.TicksPerSecond - (after.Ticks % TimeSpan.TicksPerSecond));
        while (!Matches(time))
        {
            time = Hour is { } hour && time.Hour != hour ? time.Date.AddHours(time.Hour + 1)
                : Minute is { } minute && time.Minute != minute ? time.Date.AddHours(time.Hour).AddMinutes(time.Minute + 1)
                : time.AddSeconds(1);
        }

        return time;
    }

    private bool Matches(DateTime time) =>
        (Hour ?? time.Hour) == time.Hour && (Minute ?? time.Minute) == time.Minute && (Second ?? time.Second) == time.Second;

    private static bool IsDontCare(byte value) => (value & DontCare) == DontCare;
}

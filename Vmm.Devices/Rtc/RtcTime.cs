namespace Vmm.Devices.Rtc;

/// <summary>The time registers: a date and time in the guest's format.</summary>
internal static class RtcTime
{
    /// <summary>Whether the register at <paramref name="index"/> is part of the time.</summary>
    public static bool Holds(byte index) => (RtcRegister)index
        is RtcRegister.Seconds or RtcRegister.Minutes or RtcRegister.Hours or RtcRegister.DayOfWeek
        or RtcRegister.DayOfMonth or RtcRegister.Month or RtcRegister.Year or RtcRegister.Century;

    public static void Store(DateTime time, Span<byte> ram, RtcFormat format)
    {
        ram[(int)RtcRegister.Seconds] = format.Encode(time.Second);
        ram[(int)RtcRegister.Minutes] = format.Encode(time.Minute);
        ram[(int)RtcRegister.Hours] = format.EncodeHour(time.Hour);
        ram[(int)RtcRegister.DayOfWeek] = format.Encode((int)time.DayOfWeek + 1); // Sunday is 1
        ram[(int)RtcRegister.DayOfMonth] = format.Encode(time.Day);
        ram[(int)RtcRegister.Month] = format.Encode(time.Month);
        ram[(int)RtcRegister.Year] = format.Encode(time.Year % 100);
        ram[(int)RtcRegister.Century] = format.Encode(time.Year / 100);
    }

    /// <returns>Null if the registers hold no date and time.</returns>
    public static DateTime? Load(ReadOnlySpan<byte> ram, RtcFormat format)
    {
        int second = format.Decode(ram[(int)RtcRegister.Seconds]);
        int minute = format.Decode(ram[(int)RtcRegister.Minutes]);
        int hour = format.DecodeHour(ram[(int)RtcRegister.Hours]);
        int day = format.Decode(ram[(int)RtcRegister.DayOfMonth]);
        int month = format.Decode(ram[(int)RtcRegister.Month]);
        int yearOfCentury = format.Decode(ram[(int)RtcRegister.Year]);
        int century = format.Decode(ram[(int)RtcRegister.Century]);
        int year = (century * 100) + yearOfCentury;

        bool valid = second is >= 0 and <= 59 && minute is >= 0 and <= 59 && hour >= 0
            && century is >= 0 and <= 99 && yearOfCentury is >= 0 and <= 99 && year >= 1
            && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        return valid ? new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc) : null;
    }
}

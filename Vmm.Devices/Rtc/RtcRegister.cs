namespace Vmm.Devices.Rtc;

/// <summary>Indexes into the clock's RAM that mean something.</summary>
internal enum RtcRegister : byte
{
    Seconds = 0x00,
    SecondsAlarm = 0x01,
    Minutes = 0x02,
    MinutesAlarm = 0x03,
    Hours = 0x04,
    HoursAlarm = 0x05,
    DayOfWeek = 0x06,
    DayOfMonth = 0x07,
    Month = 0x08,
    Year = 0x09,
    A = 0x0A,
    B = 0x0B,
    C = 0x0C,
    D = 0x0D,

    /// <summary>Not of the chip but of every PC since: where the ACPI FADT says the century is.</summary>
    Century = 0x32,
}

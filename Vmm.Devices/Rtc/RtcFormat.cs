namespace Vmm.Devices.Rtc;

/// <summary>How the time registers are written: BCD or binary, 12 or 24 hours. Chosen by register B.</summary>
internal readonly record struct RtcFormat(bool Binary, bool Hours24)
{
    private const byte Afternoon = 0x80; // PM, in 12-hour mode

    public static RtcFormat Of(RtcRegisterB b) => new((b & RtcRegisterB.Binary) != 0, (b & RtcRegisterB.Hours24) != 0);

    public byte Encode(int value) => (byte)(Binary ? value : ((value / 10) << 4) | (value % 10));

    public byte EncodeHour(int hour) => Hours24
        ? Encode(hour)
        : (byte)(Encode(hour % 12 == 0 ? 12 : hour % 12) | (hour >= 12 ? Afternoon : 0));

    /// <returns>The value, or -1 if a BCD digit is above 9.</returns>
    public int Decode(byte value) =>
        Binary ? value
        : (value & 0x0F) > 9 || value >> 4 > 9 ? -1
        : ((value >> 4) * 10) + (value & 0x0F);

    /// <returns>0 to 23, or -1 if the register holds no hour.</returns>
    public int DecodeHour(byte value)
    {
        if (Hours24)
        {
            int hour = Decode(value);
            return hour <= 23 ? hour : -1;
        }

        int hour12 = Decode((byte)(value & ~Afternoon));
        return hour12 is >= 1 and <= 12 ? (hour12 % 12) + ((value & Afternoon) != 0 ? 12 : 0) : -1;
    }
}

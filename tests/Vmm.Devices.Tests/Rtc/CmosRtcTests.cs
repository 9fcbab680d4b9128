using Vmm.Devices.Rtc;

namespace Vmm.Devices.Tests.Rtc;

public sealed class CmosRtcTests : IDisposable
{
    private const int A = 0x0A, B = 0x0B, C = 0x0C, D = 0x0D, Century = 0x32;
    private const int Set = 0x80, Pie = 0x40, Aie = 0x20, Uie = 0x10, Binary = 0x04, Hours24 = 0x02;

    private readonly FakeInterrupts _interrupts = new();
    private readonly FakeTime _time = new(); // 2031-12-30 23:58:57, a Tuesday
    private readonly CmosRtc _rtc;
    private readonly DeviceBench _bus;

    public CmosRtcTests()
    {
        _rtc = new CmosRtc("rtc", new CmosRtcOptions(), _interrupts, _time);
        _bus = new DeviceBench(_rtc);
    }

    private FakeInterruptLine Line => _interrupts[8];

    public void Dispose()
    {
        _rtc.Dispose();
        Assert.Empty(_bus.Faults);
    }

    [Fact]
    public void Time_AfterPowerOn_IsUtcInBcdAnd24Hours()
    {
        Assert.Equal(Hours24, Read(B));
        Assert.Equal([0x57, 0x58, 0x23, 0x03, 0x30, 0x12, 0x31], Read(0, 2, 4, 6, 7, 8, 9));
        Assert.Equal(0x20, Read(Century));
        Assert.Equal(0x26, Read(A));
        Assert.Equal(0x80, Read(D));
    }

    [Fact]
    public void Time_BinaryMode_IsBinary()
    {
        Write(B, Binary | Hours24);

        Assert.Equal([57, 58, 23, 3, 30, 12, 31, 20], Read(0, 2, 4, 6, 7, 8, 9, Century));
    }

    [Theory]
    [InlineData(0, 0x12)]
    [InlineData(1, 0x01)]
    [InlineData(11, 0x11)]
    [InlineData(12, 0x92)]
    [InlineData(13, 0x81)]
    [InlineData(23, 0x91)]
    public void Hours_TwelveHourMode_HaveNoonAndMidnightRight(int hour, int expected)
    {
        Write(B, Set | Hours24);
        Write(4, ((hour / 10) << 4) | (hour % 10));
        Write(B, Hours24);

        Write(B, 0);

        Assert.Equal(expected, Read(4));
    }

    [Fact]
    public void Time_OverMidnight_CarriesIntoTheDate()
    {
        _time.Advance(TimeSpan.FromSeconds(63 + 86400));

        Assert.Equal([0x00, 0x00, 0x00, 0x05, 0x01, 0x01, 0x32], Read(0, 2, 4, 6, 7, 8, 9));
    }

    [Fact]
    public void Time_SetByTheGuest_GoesOnFromThere()
    {
        SetTime(2024, 2, 28, 23, 59, 59);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([0x00, 0x00, 0x00, 0x05, 0x29, 0x02, 0x24, 0x20], Read(0, 2, 4, 6, 7, 8, 9, Century));
    }

    [Fact]
    public void Time_SetWithoutStoppingTheClock_TakesEffect()
    {
        Write(4, 0x11);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([0x58, 0x58, 0x11], Read(0, 2, 4));
    }

    [Fact]
    public void Time_SetToNonsense_IsIgnored()
    {
        Write(B, Set | Hours24);
        Write(8, 0x13);
        Assert.Equal(0x13, Read(8));
        Write(B, Hours24);

        Assert.Equal(0x12, Read(8));
    }

    [Fact]
    public void Time_EndOfTheYear9999_StandsStill()
    {
        SetTime(9999, 12, 31, 23, 59, 59);
        Write(B, Hours24 | Aie | Uie | Pie);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal([0x59, 0x59, 0x23, 0x31, 0x12, 0x99], Read(0, 2, 4, 7, 8, 9));
    }

    [Fact]
    public void Time_WhileSet_StandsStill()
    {
        Write(B, Set | Hours24);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0x57, Read(0));
    }

    [Fact]
    public void Time_ReadOverASecond_IsOfOnePiece()
    {
        _time.Advance(TimeSpan.FromMilliseconds(62_999)); // 23:59:59.999

        int second = Read(0);
        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal([0x59, 0x59, 0x23], [second, .. Read(2, 4)]);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal([0x00, 0x00, 0x00], Read(0, 2, 4));
    }

    [Fact]
    public void Uip_ShortlyBeforeTheSecond_IsSetFor244Microseconds()
    {
        _time.Advance(TimeSpan.FromMicroseconds(999_700));
        Assert.Equal(0, Read(A) & 0x80);
        _time.Advance(TimeSpan.FromMicroseconds(100));
        Assert.Equal(0x80, Read(A) & 0x80);
        _time.Advance(TimeSpan.FromMicroseconds(200));
        Assert.Equal(0, Read(A) & 0x80);
    }

    [Fact]
    public void UpdateInterrupt_EverySecond_OncePerReadOfC()
    {
        Write(B, Hours24 | Uie);
        Read(C);

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, Line.RisingEdges);
        Assert.True(Line.Asserted);

        Assert.Equal(0x90, Read(C) & 0x90);
        Assert.False(Line.Asserted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Line.RisingEdges);
    }

    [Fact]
    public void Flags_WithoutEnables_AreSetButDoNotInterrupt()
    {
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0x50, Read(C)); // UF and PF
        Assert.Equal(0x00, Read(C));
        Assert.False(Line.Asserted);
    }

    [Fact]
    public void Set_ClearsUpdateInterruptEnable()
    {
        Write(B, Set | Hours24 | Uie);

        Assert.Equal(Set | Hours24, Read(B));
    }

    [Theory]
    [InlineData(0x23, 0x59, 0x10, 13)]
    [InlineData(0xC0, 0x10, 0x00, 663)]
    [InlineData(0xFF, 0xFF, 0x57, 60)]
    [InlineData(0xFF, 0xFF, 0xFF, 1)]
    [InlineData(0x23, 0x58, 0x57, 86400)]
    public void Alarm_Reached_InterruptsThen(int hours, int minutes, int seconds, int after)
    {
        Write(5, hours);
        Write(3, minutes);
        Write(1, seconds);
        Write(B, Hours24 | Aie);

        _time.Advance(TimeSpan.FromSeconds(after) - TimeSpan.FromMilliseconds(1));
        Assert.False(Line.Asserted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(Line.Asserted);
        Assert.Equal(0xA0, Read(C) & 0xA0);
    }

    [Fact]
    public void Alarm_NoTimeOfDay_NeverComes()
    {
        Write(5, 0x24);
        Write(B, Hours24 | Aie);
        _time.Advance(TimeSpan.FromDays(3));

        Assert.False(Line.Asserted);
    }

    [Fact]
    public void PeriodicInterrupt_At64Hz_ComesAtThatRate()
    {
        Write(A, 0x2A);
        Write(B, Hours24 | Pie);
        Read(C);
        int interrupts = 0;
        for (int i = 0; i < 1000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            interrupts += (Read(C) & 0xC0) == 0xC0 ? 1 : 0;
        }

        Assert.InRange(interrupts, 63, 65);
    }

    [Fact]
    public void PeriodicInterrupt_NeverAcknowledged_CostsOneTimer()
    {
        Write(A, 0x23);
        Write(B, Hours24 | Pie);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1, Line.RisingEdges);
    }

    [Fact]
    public void Flags_ClockRunningBackwards_StayClear()
    {
        _time.Advance(TimeSpan.FromDays(-100));

        Assert.Equal(0, Read(C));
        Assert.Equal([0x57, 0x58, 0x23], Read(0, 2, 4));
    }

    [Fact]
    public void Index_WithNmiBit_SelectsAndMasks()
    {
        _bus.Out(0x70, 0x80 | D);

        Assert.True(_rtc.NmiDisabled);
        Assert.Equal(0x80, _bus.In(0x71));
        Assert.Equal(0x80 | D, _bus.In(0x70));
    }

    [Fact]
    public void Ram_All114Bytes_KeepTheirValues()
    {
        int[] free = [.. Enumerable.Range(0x0E, 0x72).Where(index => index != Century)];
        foreach (int index in free)
        {
            Write(index, 0xFF - index);
        }

        _bus.Reset();
        Assert.Equal(free.Select(index => 0xFF - index), free.Select(Read));
    }

    [Fact]
    public void Reset_DisablesInterruptsAndKeepsTime()
    {
        SetTime(2024, 2, 28, 23, 59, 59);
        Write(B, Hours24 | Uie | Aie | Pie);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Line.Asserted);

        _bus.Reset();

        Assert.False(Line.Asserted);
        Assert.Equal((Hours24, 0, 0x29), (Read(B), Read(C), Read(7)));
    }

    private void SetTime(int year, int month, int day, int hour, int minute, int second)
    {
        Write(B, Set | Hours24);
        (int Index, int Value)[] fields = [(0, second), (2, minute), (4, hour), (7, day), (8, month), (9, year % 100), (Century, year / 100)];
        foreach ((int index, int value) in fields)
        {
            Write(index, ((value / 10) << 4) | (value % 10));
        }

        Write(B, Hours24);
    }

    private int Read(int index)
    {
        _bus.Out(0x70, index);
        return _bus.In(0x71);
    }

    private int[] Read(params int[] indexes) => [.. indexes.Select(Read)];

    private void Write(int index, int value)
    {
        _bus.Out(0x70, index);
        _bus.Out(0x71, value);
    }
}

using Vmm.Devices.Acpi;

namespace Vmm.Devices.Tests.Acpi;

/// <summary>ACPI 6.5, 4.8.3.3.</summary>
public sealed class PmTimerTests
{
    private const uint Frequency = 3_579_545;

    private readonly FakeTime _time = new();

    [Fact]
    public void Count_OneSecond_IsTheFrequency()
    {
        DeviceBench bus = Timer(extended: true);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Frequency, bus.InDword(0x608));
    }

    [Fact]
    public void Count_24Bits_Wraps()
    {
        DeviceBench bus = Timer(extended: false);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((5 * Frequency) & 0xFF_FFFF, bus.InDword(0x608));
    }

    [Fact]
    public void Count_After300Years_IsExact()
    {
        DeviceBench bus = Timer(extended: true);
        _time.Advance(TimeSpan.FromDays(365 * 300));

        Assert.Equal(unchecked((uint)(365L * 300 * 86400 * Frequency)), bus.InDword(0x608));
    }

    [Fact]
    public void Count_ByBytes_IsTheSame()
    {
        DeviceBench bus = Timer(extended: true);
        _time.Advance(TimeSpan.FromSeconds(100));

        uint whole = bus.InDword(0x608);
        Assert.Equal(whole, (uint)(bus.In(0x608) | (bus.In(0x609) << 8) | (bus.In(0x60A) << 16) | (bus.In(0x60B) << 24)));
    }

    [Fact]
    public void Count_ClockRunningBackwards_Stands()
    {
        DeviceBench bus = Timer(extended: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Frequency, bus.InDword(0x608));
        _time.Advance(TimeSpan.FromHours(-1));

        Assert.Equal(Frequency, bus.InDword(0x608));
    }

    private DeviceBench Timer(bool extended) => new(new PmTimer("timer", new PmTimerOptions { Extended = extended }, _time));
}

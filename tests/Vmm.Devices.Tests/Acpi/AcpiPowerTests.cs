using Vmm.Devices.Acpi;

namespace Vmm.Devices.Tests.Acpi;

/// <summary>ACPI 6.5, 4.8.3.6 (reset register) and 4.8.3.7 (sleep control and status).</summary>
public sealed class AcpiPowerTests
{
    private const int SleepControl = 0x600, SleepStatus = 0x601, ResetRegister = 0x602;
    private const int SleepEnable = 0x20, SoftOff = 5 << 2;

    private readonly FakeMachine _machine = new();
    private readonly DeviceBench _bus;

    public AcpiPowerTests() => _bus = new DeviceBench(new AcpiPower("power", new AcpiPowerOptions(), _machine));

    [Fact]
    public void SleepControl_SoftOffEnabled_PowersOff()
    {
        _bus.Out(SleepControl, SoftOff | SleepEnable);

        Assert.Equal(["power off: ACPI sleep control register"], _machine.Requests);
    }

    [Theory]
    [InlineData(SoftOff)]
    [InlineData(SleepEnable | (3 << 2))]
    public void SleepControl_NotEnabledOrAnotherState_DoesNothing(int value)
    {
        _bus.Out(SleepControl, value);

        Assert.Empty(_machine.Requests);
    }

    [Fact]
    public void SleepControl_SleepEnable_ReadsAsZero()
    {
        _bus.Out(SleepControl, SoftOff | SleepEnable);

        Assert.Equal(SoftOff, _bus.In(SleepControl));
    }

    [Fact]
    public void SleepStatus_NeverSlept_HasNoWakeStatus()
    {
        _bus.Out(SleepStatus, 0x80);

        Assert.Equal(0, _bus.In(SleepStatus));
    }

    [Fact]
    public void ResetRegister_ResetValueOnly_Resets()
    {
        _bus.Out(ResetRegister, 0);
        Assert.Empty(_machine.Requests);
        _bus.Out(ResetRegister, 1);

        Assert.Equal(["reset: ACPI reset register"], _machine.Requests);
    }
}

using Vmm.Devices.DebugExit;

namespace Vmm.Devices.Tests.DebugExit;

public sealed class DebugExitPortTests
{
    private readonly FakeMachine _machine = new();
    private readonly DeviceBench _bus;

    public DebugExitPortTests() => _bus = new DeviceBench(new DebugExitPort("exit", new DebugExitOptions(), _machine));

    [Theory]
    [InlineData(1, 0x2Au)]
    [InlineData(2, 0xFF2Au)]
    [InlineData(4, 0xFFFFFF2Au)]
    public void Write_OfAnyWidth_ExitsWithTheLowByte(int size, uint value)
    {
        _bus.Out(0xF4, size, value);

        Assert.Equal(["exit 42: debug exit"], _machine.Requests);
    }

    [Fact]
    public void Read_Any_IsAllOnes() => Assert.Equal(0xFFFF_FFFFu, _bus.InDword(0xF4));
}

using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;

namespace Vmm.Core.Tests.Buses;

public sealed class DevicesThatComeAndGoTests
{
    private readonly Ports _first = new("first", 0x100);
    private readonly DeviceBuses _buses;

    public DevicesThatComeAndGoTests() => _buses = DeviceBuses.Assemble([_first], new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System));

    [Fact]
    public void Attach_APort_IsAnsweredFromThenOn()
    {
        Assert.Equal(0xFFUL, _buses.Ports.Read(0x200, 1));
        _buses.Attach(new Ports("second", 0x200));

        Assert.Equal(0x42UL, _buses.Ports.Read(0x200, 1));
        Assert.Equal(0x42UL, _buses.Ports.Read(0x100, 1));
        Assert.Equal([1L, 1L], _buses.Devices.Select(device => device.Reads));
    }

    [Theory]
    [InlineData("first", 0x200)]
    [InlineData("second", 0x100)]
    public void Attach_InTheWay_IsRefusedAndChangesNothing(string name, ushort port)
    {
        Assert.Throws<BusConflictException>(() => _buses.Attach(new Ports(name, port)));

        Assert.Same(_first, Assert.Single(_buses.Devices).Device);
        Assert.False(_buses.Ports.Claims(0x200));
    }

    [Fact]
    public void Detach_TakesItsPortsAway_AndKeepsTheOthersCounters()
    {
        Ports second = new("second", 0x200);
        _buses.Attach(second);
        _buses.Ports.Read(0x100, 1);
        _buses.Detach(second);

        Assert.False(_buses.Ports.Claims(0x200));
        Assert.Equal(1, Assert.Single(_buses.Devices).Reads);
        Assert.Throws<ArgumentException>(() => _buses.Detach(second));
    }

    [Fact]
    public async Task AttachAndDetach_WhileGuestsRead_AnswersAreTheOnesOrTheOthers()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Ports second = new("second", 0x200);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<bool> guest = Task.Run(
            () =>
            {
                bool right = true;
                while (!stop.IsCancellationRequested)
                {
                    right &= _buses.Ports.Read(0x200, 1) is 0xFF or 0x42 && _buses.Ports.Read(0x100, 1) == 0x42;
                }

                return right;
            },
            cancellation);
        for (int i = 0; i < 500; i++)
        {
            _buses.Attach(second);
            _buses.Detach(second);
        }

        await stop.CancelAsync();
        Assert.True(await guest);
    }

    private sealed class Ports(string name, ushort port) : BytePortDevice(name, new PortRange(port, 1, "register"))
    {
        protected override byte ReadRegister(int range, int offset) => 0x42;

        protected override void WriteRegister(int range, int offset, byte value)
        {
        }
    }
}

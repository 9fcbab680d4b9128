using Vmm.Core.Buses;

namespace Vmm.Core.Tests.Buses;

public sealed class PortBusTests
{
    private readonly CollectingLogger _logger = new();
    private readonly List<DeviceFault> _faults = [];

    [Theory]
    [InlineData(1, 0x02ul)]
    [InlineData(2, 0x0302ul)]
    [InlineData(4, 0x05040302ul)]
    public void Read_InsideRange_ReachesDeviceWithItsOffset(int size, ulong expected)
    {
        (DeviceBuses buses, RecordingDevice device) = Assemble(new PortRange(0x100, 8, "registers"));

        Assert.Equal(expected, buses.Ports.Read(0x102, size));
        Assert.Equal(1, buses.Devices[0].Reads);
        Assert.True(device.GateWasHeld);
        Assert.True(device.DataWasZeroed);
    }

    [Fact]
    public void Write_InsideSecondRange_NamesTheRange()
    {
        (DeviceBuses buses, RecordingDevice device) = Assemble(new PortRange(0x100, 8, "a"), new PortRange(0x200, 8, "b"));

        buses.Ports.Write(0x206, 2, 0xFFFF_BEEF);

        (int range, ulong offset, byte[] data) = Assert.Single(device.Writes);
        Assert.Equal((1, 6ul), (range, offset));
        Assert.Equal([0xEF, 0xBE], data);
    }

    [Fact]
    public void Read_Unclaimed_IsAllOnesAndCounted()
    {
        DeviceBuses buses = Assemble(Array.Empty<Device>());

        Assert.Equal(0xFFFF_FFFFul, buses.Ports.Read(0xCF8, 4));
        Assert.Equal(1, buses.Ports.UnclaimedReads);
        Assert.False(buses.Ports.Claims(0xCF8));
    }

    [Fact]
    public void Write_Unclaimed_IsIgnoredAndCounted()
    {
        DeviceBuses buses = Assemble(Array.Empty<Device>());

        Assert.False(buses.Ports.Write(0xCF8, [1, 2, 3, 4]));
        Assert.Equal(1, buses.Ports.UnclaimedWrites);
    }

    [Fact]
    public void Read_LeavingTheRange_IsSplitBytewise()
    {
        (DeviceBuses buses, _) = Assemble(new PortRange(0x100, 2, "registers"));

        Assert.Equal(0xFFFF_FF01ul, buses.Ports.Read(0x101, 4));
        Assert.Equal(0xFF01_00FFul, buses.Ports.Read(0xFF, 4));
        Assert.Equal(3, buses.Devices[0].Reads);
        Assert.Equal(2, buses.Ports.UnclaimedReads);
    }

    [Fact]
    public void Write_OverTwoDevices_GivesEachItsBytes()
    {
        RecordingDevice low = new("low", new PortRange(0x100, 2, "registers"));
        RecordingDevice high = new("high", new PortRange(0x102, 2, "registers"));
        DeviceBuses buses = Assemble(low, high);

        Assert.True(buses.Ports.Write(0x101, [0xAA, 0xBB]));

        Assert.Equal([0xAA], Assert.Single(low.Writes).Data);
        Assert.Equal([0xBB], Assert.Single(high.Writes).Data);
    }

    [Fact]
    public void Read_BeyondTheLastPort_IsAllOnesThere()
    {
        (DeviceBuses buses, _) = Assemble(new PortRange(0xFFFF, 1, "last"));

        Assert.Equal(0xFFFF_FF00ul, buses.Ports.Read(0xFFFF, 4));
    }

    [Fact]
    public void Read_DeviceThrows_IsAllOnesCountedAndLoggedOnceASecond()
    {
        (DeviceBuses buses, RecordingDevice device) = Assemble(new PortRange(0x100, 8, "registers"));
        device.Throws = new InvalidOperationException("broken");

        Assert.Equal(0xFFFFul, buses.Ports.Read(0x100, 2));
        buses.Ports.Write(0x104, 1, 0);

        Assert.Equal(2, buses.Devices[0].Faults);
        Assert.Equal(["Device 'test' failed on a read of 2 bytes at port 0x100 (1 faults so far)"], _logger.Lines);
        Assert.Equal(["read of 2 bytes at port 0x100", "write of 1 bytes at port 0x104"], _faults.Select(fault => fault.Access));
        Assert.False(device.Gate.IsHeldByCurrentThread);
    }

    [Fact]
    public void Access_Steady_AllocatesNothing()
    {
        (DeviceBuses buses, _) = Assemble(new PortRange(0x100, 8, "registers"));
        buses.Ports.Read(0x100, 1);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            buses.Ports.Read(0x100, 4);
            buses.Ports.Read(0x900, 4);
            buses.Ports.Write(0x900, 4, 1);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Reset_HoldsEachGate()
    {
        (DeviceBuses buses, RecordingDevice device) = Assemble(new PortRange(0x100, 8, "registers"));

        buses.Reset();

        Assert.Equal(1, device.Resets);
        Assert.True(device.GateWasHeld);
    }

    private (DeviceBuses Buses, RecordingDevice Device) Assemble(params PortRange[] ports)
    {
        RecordingDevice device = new("test", ports);
        return (Assemble(device), device);
    }

    private DeviceBuses Assemble(params Device[] devices) =>
        DeviceBuses.Assemble(devices, new BusFaults(_logger, TimeProvider.System) { DeviceFaulted = _faults.Add });
}

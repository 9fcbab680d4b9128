using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;

namespace Vmm.Core.Tests.Buses;

public sealed class DeviceBusesTests
{
    [Fact]
    public void Assemble_Conflicts_AreAllReportedByName()
    {
        Device[] devices =
        [
            new RecordingDevice("com1", new PortRange(0x3F8, 8, "registers")),
            new RecordingDevice("com2", new PortRange(0x3F8, 8, "registers")),
            new RecordingDevice("wide", new PortRange(0xFFF8, 9, "registers"), new PortRange(0, 0, "nothing")),
            new RecordingDevice("post", new PortRange(0x3FF, 1, "code")),
            new RecordingDevice("twin", [], [new MmioRange(0x1000, 0x100, "window")]),
            new RecordingDevice("twin", [], [new MmioRange(0x10FF, 1, "window"), new MmioRange(ulong.MaxValue, 2, "wrapping")]),
        ];

        BusConflictException exception = Assert.Throws<BusConflictException>(() => Assemble(devices));

        Assert.Equal(
            [
                "2 devices are named 'twin'",
                "range 'registers' of 'wide', starting at 0xfff8, reaches beyond 0xffff",
                "range 'nothing' of 'wide', starting at 0x0, is empty",
                "ports 0x3f8-0x3ff of 'com1' overlap ports 0x3f8-0x3ff of 'com2'",
                "ports 0x3f8-0x3ff of 'com1' overlap port 0x3ff of 'post'",
                "ports 0x3f8-0x3ff of 'com2' overlap port 0x3ff of 'post'",
                "range 'wrapping' of 'twin', starting at 0xffffffffffffffff, reaches beyond 0xffffffffffffffff",
                "memory 0x1000-0x10ff of 'twin' overlaps memory 0x10ff-0x10ff of 'twin'",
            ],
            exception.Conflicts.Select(conflict => conflict.Message));
        Assert.Equal(exception.Message, string.Join(Environment.NewLine, exception.Conflicts));
    }

    [Fact]
    public void Assemble_DisjointRanges_Succeeds()
    {
        DeviceBuses buses = Assemble(
            new RecordingDevice("com1", new PortRange(0x3F8, 8, "registers")),
            new RecordingDevice("com2", new PortRange(0x400, 8, "registers")));

        Assert.Equal(["com1", "com2"], buses.Devices.Select(attached => attached.Device.Name));
    }

    private static DeviceBuses Assemble(params Device[] devices) =>
        DeviceBuses.Assemble(devices, new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System));
}

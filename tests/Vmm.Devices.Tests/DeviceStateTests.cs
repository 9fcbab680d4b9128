using System.Text.Json;
using Vmm.Core.Buses;
using Vmm.Devices.Acpi;
using Vmm.Devices.Rtc;
using Vmm.Devices.Serial;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests;

/// <summary>What a device saves is all that the next one needs to go on from there.</summary>
public sealed class DeviceStateTests : IDisposable
{
    private readonly HostEnds _host = new();

    public static MatrixTheoryData<string, int> DevicesAndSeeds { get; } = new(
        ["uart16550", "rtc", "i8042", "post-code", "debug-console", "acpi-power", "pm-timer"], Enumerable.Range(1, 20));

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(DevicesAndSeeds))]
    public void State_WrittenDownAndTakenUpByAnother_IsTheSame(string type, int seed)
    {
        DeviceBench bench = new(), other = new();
        Device device = bench.Attach(BuiltInDevices.Create(type, bench, _host));
        Device next = other.Attach(BuiltInDevices.Create(type, other, _host));
        Random random = new(seed);
        Work(bench, device, random, 200);
        string written = Written(device);
        other.Time.Jump(bench.Time.GetUtcNow() - other.Time.GetUtcNow());

        ((IDeviceState)next).Restore(JsonSerializer.Deserialize(written, ((IDeviceState)next).StateType)!);

        Assert.Equal(written, Written(next));
        Assert.Equal(Answers(bench, device), Answers(other, next));
        Assert.Equal(Written(device), Written(next));
        Assert.Empty(bench.Faults);
        Assert.Empty(other.Faults);
    }

    [Fact]
    public void Uart_RestoredWithDataAndItsInterruptEnabled_DrivesTheLine()
    {
        DeviceBench bench = new();
        var uart = (Uart16550)bench.Attach(BuiltInDevices.Create("uart16550", bench, _host));
        ReceiverState receiver = new(FifoEnabled: true, Trigger: 1, Status: 0, Data: [0x41, 0x42], Errors: [0, 0]);

        uart.RestoreState(new Uart16550State(InterruptEnable: 1, LineControl: 3, Divisor: 1, Scratch: 9, ModemControl: 8, ModemDeltas: 0, TransmitterInterrupt: false, receiver));

        Assert.True(bench.Interrupts[4].Asserted);
        Assert.Equal((0x41, 0x42), (bench.In(0x3F8), bench.In(0x3F8)));
        Assert.False(bench.Interrupts[4].Asserted);
    }

    [Fact]
    public void PmTimer_Restored_GoesOnFromItsCount()
    {
        DeviceBench bench = new();
        var timer = (PmTimer)bench.Attach(BuiltInDevices.Create("pm-timer", bench, _host));
        timer.RestoreState(new PmTimerState(TimeSpan.FromSeconds(10)));
        uint before = bench.InDword(0x608);
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(35_795_450U, before);
        Assert.Equal(3_579_545U, bench.InDword(0x608) - before);
    }

    [Fact]
    public void Rtc_Restored_KeepsTheGuestsTimeAndNotTheHosts()
    {
        DeviceBench bench = new();
        var rtc = (CmosRtc)bench.Attach(BuiltInDevices.Create("rtc", bench, _host));
        CmosRtcState state = rtc.SaveState();
        rtc.RestoreState(state with { Offset = TimeSpan.FromHours(2), TimeAge = null });
        bench.Out(0x70, 4); // hours, BCD

        Assert.Equal(bench.Time.GetUtcNow().AddHours(2).Hour, Convert.ToInt32(bench.In(0x71).ToString("x2", null), null));
    }

    [Fact]
    public void State_ThatCannotBe_IsRefusedAndChangesNothing()
    {
        DeviceBench bench = new();
        var uart = (Uart16550)bench.Attach(BuiltInDevices.Create("uart16550", bench, _host));
        var rtc = (CmosRtc)bench.Attach(BuiltInDevices.Create("rtc", bench, _host));
        Uart16550State good = uart.SaveState();
        string before = Written(uart);

        Assert.Throws<DeviceStateException>(() => uart.RestoreState(good with { Scratch = 1, Receiver = good.Receiver with { Data = new byte[17], Errors = new byte[17] } }));
        Assert.Throws<DeviceStateException>(() => uart.RestoreState(good with { Receiver = good.Receiver with { Trigger = 0 } }));
        Assert.Throws<DeviceStateException>(() => rtc.RestoreState(rtc.SaveState() with { Ram = [] }));
        Assert.Equal(before, Written(uart));
    }

    private static string Written(Device device)
    {
        lock (device.Gate)
        {
            return JsonSerializer.Serialize(((IDeviceState)device).Save(), ((IDeviceState)device).StateType);
        }
    }

    // Any accesses, and time that passes.
    private static void Work(DeviceBench bench, Device device, Random random, int accesses)
    {
        PortRange[] ranges = [.. ((IPortDevice)device).Ports];
        for (int i = 0; i < accesses; i++)
        {
            PortRange range = ranges[random.Next(ranges.Length)];
            int port = range.First + random.Next(range.Count);
            if (random.Next(2) == 0)
            {
                bench.Out(port, random.Next(3) == 0 ? random.Next(0x100) : 1 << random.Next(8));
            }
            else
            {
                bench.In(port);
            }

            if (random.Next(10) == 0)
            {
                bench.Time.Advance(TimeSpan.FromMilliseconds(random.Next(1000)));
            }
        }
    }

    // What every register answers, twice: reading may change what comes next.
    private static List<byte> Answers(DeviceBench bench, Device device)
    {
        List<byte> answers = [];
        for (int round = 0; round < 2; round++)
        {
            foreach (PortRange range in ((IPortDevice)device).Ports)
            {
                for (int port = range.First; port <= range.Last; port++)
                {
                    answers.Add(bench.In(port));
                }
            }
        }

        return answers;
    }
}

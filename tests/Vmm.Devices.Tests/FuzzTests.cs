using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Testing.Fuzzing;
using Vmm.Devices.Acpi;
using Vmm.Devices.Debug;
using Vmm.Devices.DebugExit;
using Vmm.Devices.Keyboard;
using Vmm.Devices.Rtc;
using Vmm.Devices.Serial;
using Vmm.Devices.Tests.TestKit;
using Vmm.Devices.Tests.TestKit.Network;
using Vmm.Devices.Virtio.Block;
using Vmm.Devices.Virtio.Net;
using Vmm.Devices.Virtio.Rng;

namespace Vmm.Devices.Tests;

/// <summary>No access of a guest makes a device throw, hang, or allocate memory.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int AllocationLimit = 64 * 1024;

    private readonly TemporaryDisk _disk = new(1 << 20);
    private readonly StreamPeer _peer = new();

    public static MatrixTheoryData<string, int> DevicesAndSeeds { get; } = new(
        ["uart16550", "rtc", "i8042", "debug-exit", "post-code", "debug-console", "acpi-power", "pm-timer", "virtio-rng", "virtio-block", "virtio-net"],
        [1, 2, 3]);

    public void Dispose()
    {
        _disk.Dispose();
        _peer.Dispose();
    }

    [Theory]
    [MemberData(nameof(DevicesAndSeeds))]
    public void Device_HostileGuest_NeitherThrowsNorAllocates(string type, int seed)
    {
        FuzzReport report = DeviceFuzzer.Run(bench => Create(type, bench), new FuzzOptions { Seed = seed });

        Assert.Empty(report.Findings);
        Assert.InRange(report.AllocatedBytes, 0, AllocationLimit);
    }

    private Device Create(string type, DeviceBench bench)
    {
        var interrupts = (IInterruptController)bench.GetService(typeof(IInterruptController))!;
        return type switch
        {
            "uart16550" => new Uart16550(type, new Uart16550Options(), interrupts, bench.Streams, TimeProvider.System),
            "rtc" => new CmosRtc(type, new CmosRtcOptions(), interrupts, bench.Time),
            "i8042" => new I8042(type, new I8042Options(), interrupts, bench.Machine),
            "debug-exit" => new DebugExitPort(type, new DebugExitOptions(), bench.Machine),
            "post-code" => new PostCode(type, new PostCodeOptions()),
            "debug-console" => new DebugConsole(type, new DebugConsoleOptions(), bench.Streams, TimeProvider.System),
            "acpi-power" => new AcpiPower(type, new AcpiPowerOptions(), bench.Machine),
            "pm-timer" => new PmTimer(type, new PmTimerOptions(), bench.Time),
            "virtio-rng" => new VirtioRng(type, new VirtioRngOptions(), bench.Memory, bench.Time),
            "virtio-block" => new VirtioBlock(type, new VirtioBlockOptions { Path = _disk.File }, bench.Memory),
            "virtio-net" => new VirtioNet(type, new VirtioNetOptions { Socket = _peer.File }, bench.Memory, bench.Time),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
    }
}

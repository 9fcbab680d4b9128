using Vmm.Core.Buses;
using Vmm.Devices.Acpi;
using Vmm.Devices.Debug;
using Vmm.Devices.DebugExit;
using Vmm.Devices.Keyboard;
using Vmm.Devices.Rtc;
using Vmm.Devices.Serial;
using Vmm.Devices.Tests.TestKit;

namespace Vmm.Devices.Tests;

/// <summary>No access of a guest makes a device throw, or makes it keep or allocate memory.</summary>
public sealed class FuzzTests
{
    private const int WarmUp = 20_000; // the first visit of each path may compile or grow something, once
    private const int Accesses = 200_000;
    private const int SlowHostSeed = 1; // with it, nobody reads the guest's output
    private const int AllocationLimit = 64 * 1024;

    private readonly FakeTime _time = new();
    private readonly FakeInterrupts _interrupts = new();
    private readonly FakeMachine _machine = new();
    private readonly FakeStreams _streams = new();

    public static MatrixTheoryData<string, int> DevicesAndSeeds { get; } = new(
        ["uart16550", "rtc", "i8042", "debug-exit", "post-code", "debug-console", "acpi-power", "pm-timer"],
        [1, 2, 3]);

    [Theory]
    [MemberData(nameof(DevicesAndSeeds))]
    public async Task Device_HostileGuest_NeitherThrowsNorAllocates(string type, int seed)
    {
        Device device = Create(type);
        await _streams.TypeAsync(new string('x', 32 * 1024));
        Task console = seed == SlowHostSeed ? Task.CompletedTask : _streams.FromDevice.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        var fuzz = new FuzzChipset(device, _time, seed);

        fuzz.Run(WarmUp);
        long allocated = fuzz.Run(Accesses);

        Assert.Empty(fuzz.Faults);
        Assert.InRange(allocated, 0, AllocationLimit);
        switch (device)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                await console;
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private Device Create(string type) => type switch
    {
        "uart16550" => new Uart16550(type, new Uart16550Options(), _interrupts, _streams, TimeProvider.System),
        "rtc" => new CmosRtc(type, new CmosRtcOptions(), _interrupts, _time),
        "i8042" => new I8042(type, new I8042Options(), _interrupts, _machine),
        "debug-exit" => new DebugExitPort(type, new DebugExitOptions(), _machine),
        "post-code" => new PostCode(type, new PostCodeOptions()),
        "debug-console" => new DebugConsole(type, new DebugConsoleOptions(), _streams, TimeProvider.System),
        "acpi-power" => new AcpiPower(type, new AcpiPowerOptions(), _machine),
        "pm-timer" => new PmTimer(type, new PmTimerOptions(), _time),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}

using System.IO.Pipelines;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Host.Composition;
using Vmm.Host.Terminal;

namespace Vmm.Host.Running;

/// <summary>
/// The surroundings of devices that are only built to see whether they go together: lines that lead nowhere, streams without content.
/// </summary>
internal sealed class DryRun : IServiceProvider, IInterruptController, IInterruptLine, IMsiSink, IByteStreams, IDeviceMemory, IMachineControl
{
    private readonly StreamNames _streams = new();

    /// <summary>Builds all devices of a machine and puts them on buses.</summary>
    /// <exception cref="BusConflictException">They are in each other's way.</exception>
    public static Task CheckDevicesAsync(MachinePlan plan) => UseDevicesAsync(plan, static _ => true);

    /// <summary>Builds all devices of a machine and asks something of them.</summary>
    /// <exception cref="BusConflictException">They are in each other's way.</exception>
    public static async Task<T> UseDevicesAsync<T>(MachinePlan plan, Func<IReadOnlyList<Device>, T> use)
    {
        DryRun surroundings = new();
        List<Device> devices = [];
        try
        {
            devices.AddRange(plan.Devices.Select(device => device.Create(surroundings)));
            devices.InsertRange(0, PciBus.For(devices, surroundings));
            DeviceBuses.Assemble(devices, new BusFaults(Microsoft.Extensions.Logging.Abstractions.NullLogger<BusFaults>.Instance, TimeProvider.System));
            return use(devices);
        }
        finally
        {
            foreach (IAsyncDisposable device in devices.OfType<IAsyncDisposable>())
            {
                await device.DisposeAsync();
            }
        }
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(TimeProvider) ? TimeProvider.System : serviceType.IsInstanceOfType(this) ? this : null;

    public IInterruptLine GetLine(int gsi) => gsi is >= 0 and < IoApic.PinCount
        ? this
        : throw new ArgumentOutOfRangeException(nameof(gsi), $"there is no interrupt {gsi}: the I/O APIC has {IoApic.PinCount}");

    public void Drive(bool asserted)
    {
    }

    public bool Signal(ulong address, uint data) => false;

    public IDuplexPipe Open(string name)
    {
        _streams.Claim(name);
        return new DuplexPipe(PipeReader.Create(Stream.Null), PipeWriter.Create(Stream.Null));
    }

    public bool TryGetSpan(ulong gpa, int length, out Span<byte> span)
    {
        span = default;
        return false;
    }

    public void RequestReset(string source)
    {
    }

    public void RequestPowerOff(string source)
    {
    }

    public void RequestExit(int code, string source)
    {
    }
}

using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Host.Plugins;
using Vmm.Host.Running;

namespace Vmm.Host.Composition;

/// <summary>The devices of one life of a machine, on their buses.</summary>
public sealed class MachineDevices : IAsyncDisposable
{
    /// <summary>Makes them.</summary>
    /// <param name="plan">The machine.</param>
    /// <param name="roster">Which ones.</param>
    /// <param name="ioApic">The interrupt controller, which is one of them.</param>
    /// <param name="faults">Where devices that throw are reported.</param>
    /// <param name="services">What their constructors ask for.</param>
    /// <exception cref="BusConflictException">They are in each other's way.</exception>
    public MachineDevices(MachinePlan plan, DeviceRoster roster, IoApic ioApic, BusFaults faults, IServiceProvider services)
    {
        Device[] planned = [.. roster.Devices.Select(device => device.Create(services))];
        All = [ioApic, .. PciBus.For(planned, services), .. FirmwareConfiguration.For(plan, planned, services), .. planned];
        Buses = DeviceAssembly.Assemble(All, roster.Devices, faults);
    }

    /// <summary>All devices.</summary>
    public IReadOnlyList<Device> All { get; private set; }

    /// <summary>Their buses.</summary>
    public DeviceBuses Buses { get; }

    /// <summary>Adds a device that answers at ports only, and that this disposes of from here on.</summary>
    /// <exception cref="BusConflictException">It is in the way of another.</exception>
    public void Attach(Device device)
    {
        Buses.Attach(device);
        All = [.. All, device];
    }

    /// <summary>Removes a device that answers at ports only. Nobody disposes of it any more.</summary>
    public void Detach(Device device)
    {
        Buses.Detach(device);
        All = [.. All.Where(other => other != device)];
    }

    /// <summary>Hands over the output that devices hold back.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        foreach (IFlushable device in All.OfType<IFlushable>())
        {
            await device.FlushAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Device device in All)
        {
            await DisposeAsync(device);
        }
    }

    internal static async ValueTask DisposeAsync(Device device)
    {
        switch (device)
        {
            case IAsyncDisposable asynchronous:
                await asynchronous.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}

using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Testing;
using Vmm.Host.Composition;
using Vmm.Host.Consoles;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;
using Vmm.Host.Terminal;

namespace Vmm.Host.Running;

/// <summary>Builds the devices of a machine only to see whether they go together: on a bench, with streams that have names and no content.</summary>
internal sealed class DryRun : IByteStreams
{
    private readonly StreamNames _streams = new();

    /// <summary>Builds all devices of a machine and puts them on buses.</summary>
    /// <exception cref="BusConflictException">They are in each other's way.</exception>
    /// <exception cref="UserErrorException">One of them cannot be.</exception>
    public static Task CheckDevicesAsync(MachinePlan plan) => UseDevicesAsync(plan, static _ => true);

    /// <summary>Builds all devices of a machine and asks something of them.</summary>
    /// <exception cref="BusConflictException">They are in each other's way.</exception>
    /// <exception cref="UserErrorException">One of them cannot be.</exception>
    public static async Task<T> UseDevicesAsync<T>(MachinePlan plan, Func<IReadOnlyList<Device>, T> use)
    {
        DeviceBench bench = new DeviceBench().Provide<IByteStreams>(new DryRun()).Provide(TimeProvider.System);
        List<Device> devices = [];
        try
        {
            devices.AddRange(plan.Devices.Select(device => device.Create(bench)));
            devices.InsertRange(0, [new IoApic(bench.Msi, bench.Msi), .. PciBus.For(devices, bench)]);
            DeviceAssembly.Assemble(devices, plan.Devices, new BusFaults(NullLogger<BusFaults>.Instance, TimeProvider.System));
            return use(devices);
        }
        finally
        {
            foreach (Device device in devices)
            {
                await MachineDevices.DisposeAsync(device);
            }
        }
    }

    public IDuplexPipe Open(string name)
    {
        _streams.Claim(name);
        return new DuplexPipe(PipeReader.Create(Stream.Null), PipeWriter.Create(Stream.Null));
    }
}

using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Boot.Acpi;
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
    public static Task CheckDevicesAsync(MachinePlan plan) => UseAsync(plan, plan.Devices, PciBus.For, static _ => true);

    /// <summary>Builds those devices that ACPI tells the guest of, and describes them. Others, such as disks, are left alone: they may be in use, or elsewhere.</summary>
    /// <exception cref="BusConflictException">They are in each other's way.</exception>
    /// <exception cref="UserErrorException">One of them cannot be.</exception>
    public static Task<T> DescribeDevicesAsync<T>(MachinePlan plan, Func<IReadOnlyList<Device>, T> describe) =>
        UseAsync(plan, plan.Devices.Where(IsDescribed), (_, services) => PciBus.Without(plan.Devices, services), describe);

    public IDuplexPipe Open(string name)
    {
        _streams.Claim(name);
        return new DuplexPipe(PipeReader.Create(Stream.Null), PipeWriter.Create(Stream.Null));
    }

    private static bool IsDescribed(PlannedDevice device) =>
        device.Model.Class.IsAssignableTo(typeof(IAcpiContributor)) || device.Model.Class.IsAssignableTo(typeof(IAcpiTableProvider));

    private static async Task<T> UseAsync<T>(
        MachinePlan plan, IEnumerable<PlannedDevice> planned, Func<IReadOnlyList<Device>, IServiceProvider, IEnumerable<Device>> pci, Func<IReadOnlyList<Device>, T> use)
    {
        DeviceBench bench = new DeviceBench().Provide<IByteStreams>(new DryRun()).Provide(TimeProvider.System);
        List<Device> devices = [];
        try
        {
            devices.AddRange(planned.Select(device => device.Create(bench)));
            devices.InsertRange(0, [new IoApic(bench.Msi, bench.Msi), .. pci(devices, bench)]);
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
}

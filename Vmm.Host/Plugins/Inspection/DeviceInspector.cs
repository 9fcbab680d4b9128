using Vmm.Core.Buses;
using Vmm.Core.Pci;
using Vmm.Core.Testing;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins.Inspection;

/// <summary>Finds out what a device is like: from its class, and from one that is built on a bench with its default options.</summary>
internal static class DeviceInspector
{
    public static DeviceDescription Describe(DeviceCatalog catalog, DeviceModel model)
    {
        DeviceDescription described = new(
            model.Type, model.Summary, model.Class.FullName!, model.Plugin?.ToString(), [.. OptionDescription.Of(model.Options)]);
        try
        {
            ConfigNode noOptions = ConfigNode.EmptyObject(ConfigSource.Option("default options"));
            PlannedDevice planned = catalog.Plan([new DeviceConfig(model.Type, model.Type, noOptions)])[0];
            return Look(described, planned);
        }
        catch (UserErrorException e)
        {
            return described with { Unknown = e.Lines[0] };
        }
#pragma warning disable CA1031 // A device that cannot be built without a machine around it can still be described.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return described with { Unknown = e.Message };
        }
    }

    private static DeviceDescription Look(DeviceDescription described, PlannedDevice planned)
    {
        DeviceBench bench = new();
        Device device = planned.Create(bench);
        try
        {
            return described with
            {
                Ranges = [.. RangesOf(device)],
                Interrupts = [.. bench.Interrupts.Taken],
                Vectors = device is IPciFunction { Vectors: { } vectors } ? vectors.Count : 0,
                State = (device as IDeviceState)?.StateType.Name,
                Streams = [.. bench.Streams.Opened],
            };
        }
        finally
        {
            (device as IDisposable)?.Dispose();
            (device as IAsyncDisposable)?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static IEnumerable<string> RangesOf(Device device)
    {
        IEnumerable<string> ports = device is IPortDevice io ? io.Ports.Select(range => $"{range} ({range.Name})") : [];
        IEnumerable<string> memory = device is IMmioDevice mmio ? mmio.MmioRanges.Select(range => $"{range} ({range.Name})") : [];
        IEnumerable<string> bars = device is IPciFunction pci ? pci.Bars.Select(bar => $"PCI BAR {bar.Index}, {bar.Size} bytes ({bar.Name})") : [];
        return [.. ports, .. memory, .. bars];
    }
}

using System.Text.Json;
using Vmm.Core.Buses;
using Vmm.Core.Machine;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Running;

/// <summary>Counts of several lives of a machine together. For one thread at a time.</summary>
internal sealed class RunTotals
{
    private readonly List<Tally> _vcpus = [];
    private readonly SortedDictionary<string, Tally> _vmCalls = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tally> _devices = new(StringComparer.Ordinal);

    /// <summary>How many lives.</summary>
    public int Lives { get; private set; }

    /// <summary>Exits by kind, of each vCPU.</summary>
    public IReadOnlyList<Tally> Vcpus => _vcpus;

    /// <summary>TDCALLs by leaf.</summary>
    public Tally TdCalls { get; } = new();

    /// <summary>TDVMCALLs by sub-function, and by answer.</summary>
    public IReadOnlyDictionary<string, Tally> VmCalls => _vmCalls;

    /// <summary>Accesses and other counts by device.</summary>
    public IReadOnlyDictionary<string, Tally> Devices => _devices;

    /// <summary>#VEs raised.</summary>
    public long VirtualizationExceptions { get; private set; }

    /// <summary>Pages that became shared or private.</summary>
    public long ConvertedPages { get; private set; }

    /// <summary>Adds a life.</summary>
    public void Add(LifeCounts life)
    {
        Lives++;
        VirtualizationExceptions += life.VirtualizationExceptions;
        ConvertedPages += life.ConvertedPages;
        for (int i = 0; i < life.Exits.Count; i++)
        {
            foreach (VcpuExitKind kind in Enum.GetValues<VcpuExitKind>())
            {
                Vcpu(i).Add(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), life.Exits[i][kind]);
            }
        }

        foreach ((string name, long count) in life.TdCalls)
        {
            TdCalls.Add(name, count);
        }

        foreach (VmCallCount call in life.VmCalls)
        {
            Of(_vmCalls, call.Function).Add(call.Status, call.Count);
        }

        foreach (AttachedDevice device in life.Devices)
        {
            Tally tally = Of(_devices, device.Device.Name);
            tally.Add("reads", device.Reads);
            tally.Add("writes", device.Writes);
            tally.Add("faults", device.Faults);
            foreach (DeviceMetric metric in (device.Device as IDeviceMetrics)?.Metrics ?? [])
            {
                tally.Add(metric.Name, metric.Value);
            }
        }
    }

    /// <summary>The same counts, for someone who adds to them.</summary>
    public RunTotals Copy()
    {
        RunTotals copy = new() { Lives = Lives, VirtualizationExceptions = VirtualizationExceptions, ConvertedPages = ConvertedPages };
        copy._vcpus.AddRange(_vcpus.Select(vcpu => Tally.Sum([vcpu])));
        copy.TdCalls.Add(TdCalls);
        foreach ((string name, Tally tally) in _vmCalls)
        {
            Of(copy._vmCalls, name).Add(tally);
        }

        foreach ((string name, Tally tally) in _devices)
        {
            Of(copy._devices, name).Add(tally);
        }

        return copy;
    }

    private static Tally Of(SortedDictionary<string, Tally> tallies, string name)
    {
        if (!tallies.TryGetValue(name, out Tally? tally))
        {
            tallies[name] = tally = new Tally();
        }

        return tally;
    }

    private Tally Vcpu(int index)
    {
        while (_vcpus.Count <= index)
        {
            _vcpus.Add(new Tally());
        }

        return _vcpus[index];
    }
}

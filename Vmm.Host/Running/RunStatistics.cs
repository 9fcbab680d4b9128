using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vmm.Core.Buses;
using Vmm.Core.Machine;
using Vmm.Host.Errors;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Running;

/// <summary>Counts over all lives of a machine, for <c>--stats</c>.</summary>
internal sealed class RunStatistics : IDisposable
{
    private readonly FileStream? _file;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<Tally> _vcpus = [];
    private readonly Tally _tdCalls = new();
    private readonly SortedDictionary<string, Tally> _vmCalls = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Tally> _devices = new(StringComparer.Ordinal);
    private long _virtualizationExceptions;
    private long _convertedPages;
    private int _lives;

    /// <summary>Prepares for counting.</summary>
    /// <param name="path">Where the counts go in the end; null for nowhere.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public RunStatistics(string? path) => _file = path is null ? null : OutputFile.Create(path, "statistics");

    /// <summary>Adds a life that has ended.</summary>
    public void Add(LifeCounts life)
    {
        _lives++;
        _virtualizationExceptions += life.VirtualizationExceptions;
        _convertedPages += life.ConvertedPages;
        AddExits(life.Exits);
        foreach ((string name, long count) in life.TdCalls)
        {
            _tdCalls.Add(name, count);
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

    /// <summary>Writes the file.</summary>
    public void Write(int exitCode)
    {
        if (_file is null)
        {
            return;
        }

        JsonObject json = new()
        {
            ["exitCode"] = exitCode,
            ["lives"] = _lives,
            ["milliseconds"] = (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds,
            ["exits"] = _vcpus.Sum(vcpu => vcpu.Total),
            ["exitsByKind"] = Tally.Sum(_vcpus).ToJson(),
            ["vcpus"] = new JsonArray([.. _vcpus.Select(vcpu => vcpu.ToJson())]),
            ["tdCalls"] = _tdCalls.ToJson(),
            ["vmCalls"] = ToJson(_vmCalls),
            ["virtualizationExceptions"] = _virtualizationExceptions,
            ["convertedPages"] = _convertedPages,
            ["devices"] = ToJson(_devices),
        };
        using Utf8JsonWriter writer = new(_file, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteTo(writer);
    }

    public void Dispose() => _file?.Dispose();

    private static Tally Of(SortedDictionary<string, Tally> tallies, string name)
    {
        if (!tallies.TryGetValue(name, out Tally? tally))
        {
            tallies[name] = tally = new Tally();
        }

        return tally;
    }

    private static JsonObject ToJson(SortedDictionary<string, Tally> tallies) =>
        new(tallies.Select(named => KeyValuePair.Create<string, JsonNode?>(named.Key, named.Value.ToJson())));

    private void AddExits(IReadOnlyList<ExitCounters> vcpus)
    {
        while (_vcpus.Count < vcpus.Count)
        {
            _vcpus.Add(new Tally());
        }

        for (int i = 0; i < vcpus.Count; i++)
        {
            foreach (VcpuExitKind kind in Enum.GetValues<VcpuExitKind>())
            {
                _vcpus[i].Add(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), vcpus[i][kind]);
            }
        }
    }
}

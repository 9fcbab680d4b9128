using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>Counts over all lives of a machine, for <c>--stats</c>.</summary>
internal sealed class RunStatistics : IDisposable
{
    private readonly FileStream? _file;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly RunTotals _past = new();
    private MachineLife? _current;

    /// <summary>Prepares for counting.</summary>
    /// <param name="path">Where the counts go in the end; null for nowhere.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public RunStatistics(string? path) => _file = path is null ? null : OutputFile.Create(path, "statistics");

    /// <summary>A life begins.</summary>
    public void Begin(MachineLife life)
    {
        lock (_gate)
        {
            _current = life;
        }
    }

    /// <summary>It has ended; its parts are still there.</summary>
    public void End()
    {
        lock (_gate)
        {
            _past.Add(_current!.Counts());
            _current = null;
        }
    }

    /// <summary>What has been counted until now, in all lives.</summary>
    public RunTotals Now()
    {
        lock (_gate)
        {
            RunTotals totals = _past.Copy();
            if (_current is not null)
            {
                totals.Add(_current.Counts());
            }

            return totals;
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
            ["lives"] = _past.Lives,
            ["milliseconds"] = (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds,
            ["exits"] = _past.Vcpus.Sum(vcpu => vcpu.Total),
            ["exitsByKind"] = Tally.Sum(_past.Vcpus).ToJson(),
            ["vcpus"] = new JsonArray([.. _past.Vcpus.Select(vcpu => vcpu.ToJson())]),
            ["tdCalls"] = _past.TdCalls.ToJson(),
            ["vmCalls"] = ToJson(_past.VmCalls),
            ["virtualizationExceptions"] = _past.VirtualizationExceptions,
            ["convertedPages"] = _past.ConvertedPages,
            ["devices"] = ToJson(_past.Devices),
        };
        using Utf8JsonWriter writer = new(_file, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteTo(writer);
    }

    public void Dispose() => _file?.Dispose();

    private static JsonObject ToJson(IReadOnlyDictionary<string, Tally> tallies) =>
        new(tallies.Select(named => KeyValuePair.Create<string, JsonNode?>(named.Key, named.Value.ToJson())));
}

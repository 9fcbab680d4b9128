using System.Diagnostics;
using System.Text.Json;
using Vmm.Core.Machine;
using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>Counts over all lives of a machine, for <c>--stats</c>.</summary>
internal sealed class RunStatistics : IDisposable
{
    private readonly FileStream? _file;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly SortedDictionary<VcpuExitKind, long> _exits = [];
    private int _lives;

    /// <summary>Prepares for counting.</summary>
    /// <param name="path">Where the counts go in the end; null for nowhere.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public RunStatistics(string? path) => _file = path is null ? null : OutputFile.Create(path, "statistics");

    /// <summary>Adds a life that has ended.</summary>
    public void Add(IEnumerable<ExitCounters> vcpus)
    {
        _lives++;
        foreach (ExitCounters counters in vcpus)
        {
            foreach (VcpuExitKind kind in Enum.GetValues<VcpuExitKind>())
            {
                _exits[kind] = _exits.GetValueOrDefault(kind) + counters[kind];
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

        using Utf8JsonWriter json = new(_file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("exitCode", exitCode);
        json.WriteNumber("lives", _lives);
        json.WriteNumber("milliseconds", (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds);
        json.WriteNumber("exits", _exits.Values.Sum());
        json.WriteStartObject("exitsByKind");
        foreach ((VcpuExitKind kind, long count) in _exits)
        {
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), count);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Dispose() => _file?.Dispose();
}

using Vmm.Host.Configuration;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Running;

/// <summary>What <c>vmm run</c> was asked to do.</summary>
/// <param name="Config">The machine.</param>
public sealed record RunRequest(MachineConfig Config)
{
    /// <summary>Print one line for each call of the guest.</summary>
    public bool Trace { get; init; }

    /// <summary>Print a table of the calls at the end.</summary>
    public bool TraceSummary { get; init; }

    /// <summary>What is traced and summed up.</summary>
    public TraceTopics TraceTopics { get; init; } = TraceTopics.All;

    /// <summary>Where the trace goes; null is standard error.</summary>
    public string? TraceFile { get; init; }

    /// <summary>Where counters are written as JSON at the end; null for nowhere.</summary>
    public string? StatsFile { get; init; }

    /// <summary>Path of the socket where the run is controlled; null for none.</summary>
    public string? ControlSocket { get; init; }

    /// <summary>Folder for what is kept of the run: its record, its events, its console. Then the process's terminal is no console. Null for none.</summary>
    public string? RunFolder { get; init; }

    /// <summary>Whether it is only to see that it works: nobody is told that TDs are emulated.</summary>
    public bool IsRehearsal { get; init; }
}

using System.Diagnostics;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Client;

/// <summary>Counters of machines at one moment.</summary>
internal sealed class UsageSample
{
    private const string Cpu = "vmm_vcpu_seconds_total";
    private const string Exits = "vmm_exits_total";
    private const string VmCalls = "vmm_tdvmcalls_total";
    private const string GuestMemory = "vmm_guest_memory_bytes";
    private const string ResidentMemory = "vmm_resident_bytes";

    private readonly long _taken = Stopwatch.GetTimestamp();
    private readonly SortedDictionary<string, Dictionary<string, double>> _machines = new(StringComparer.Ordinal);

    private UsageSample(string text)
    {
        foreach (PrometheusSample sample in PrometheusText.Parse(text))
        {
            if (sample.Labels.TryGetValue("machine", out string? machine))
            {
                if (!_machines.TryGetValue(machine, out Dictionary<string, double>? sums))
                {
                    _machines[machine] = sums = new Dictionary<string, double>(StringComparer.Ordinal);
                }

                sums[sample.Name] = sums.GetValueOrDefault(sample.Name) + sample.Value;
            }
        }
    }

    /// <summary>Asks for them.</summary>
    public static async Task<UsageSample> TakeAsync(ControlClient client, CancellationToken interrupt) =>
        new((await client.Machines.MetricsAsync(new MetricsRequest(), cancellationToken: interrupt)).Text);

    /// <summary>What each machine has done since an earlier moment.</summary>
    public IReadOnlyList<MachineUsage> Since(UsageSample before)
    {
        double seconds = Stopwatch.GetElapsedTime(before._taken, _taken).TotalSeconds;
        return [.. _machines.Select(machine => new MachineUsage(
            machine.Key,
            100 * Rate(machine.Key, Cpu),
            Rate(machine.Key, Exits),
            Rate(machine.Key, VmCalls),
            (long)machine.Value.GetValueOrDefault(GuestMemory),
            (long)machine.Value.GetValueOrDefault(ResidentMemory)))];

        // A machine that began anew counts from nothing.
        double Rate(string machine, string counter) =>
            Math.Max(0, Of(machine, counter) - before.Of(machine, counter)) / seconds;
    }

    private double Of(string machine, string counter) => _machines.TryGetValue(machine, out Dictionary<string, double>? sums) ? sums.GetValueOrDefault(counter) : 0;
}

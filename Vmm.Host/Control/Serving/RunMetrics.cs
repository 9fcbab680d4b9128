using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Machine;
using Vmm.Host.Control.Metrics;
using Vmm.Host.Running;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Control.Serving;

/// <summary>Counters of a machine in Prometheus's text format.</summary>
/// <param name="machine">The machine.</param>
internal sealed class RunMetrics(ControlledRun machine)
{
    private const double NanosPerSecond = 1e9;

    // Bounds of the histograms, as powers of two in nanoseconds: 256 ns to 1 s, by four.
    private static readonly int[] Bounds = [8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];

    private readonly Lock _gate = new();
    private readonly string _name = machine.Run.Config.Name;
    private TraceSummary? _latencies;

    /// <summary>Collects them. From the first time on the TD's calls are timed, which costs some 60 ns a call: whoever does not ask does not pay.</summary>
    internal string Collect()
    {
        MetricsText text = new();
        AddRun(text);
        AddMemory(text);
        AddVcpuTimes(text);
        AddCounts(text, machine.Statistics.Now());
        AddLatencies(text);
        return text.ToString();
    }

    private void AddRun(MetricsText text)
    {
        text.Begin("vmm_state", "gauge", "1 for the state that the machine is in.");
        foreach (RunState state in Enum.GetValues<RunState>())
        {
            text.Sample("vmm_state", machine.Run.State == state ? 1 : 0, Labels(("state", state.ToString().ToLowerInvariant())));
        }

        text.Begin("vmm_resets_total", "counter", "How often the guest began anew.");
        text.Sample("vmm_resets_total", machine.Run.Resets, Labels());
        text.Begin("vmm_start_time_seconds", "gauge", "When the run began, in seconds since 1970.");
        text.Sample("vmm_start_time_seconds", machine.Run.StartedAt.ToUnixTimeMilliseconds() / TimeSpan.MillisecondsPerSecond, Labels());
        text.Begin("vmm_process_seconds_total", "counter", "Processor time of the machine's process.");
        text.Sample("vmm_process_seconds_total", Environment.CpuUsage.TotalTime.TotalSeconds, Labels());
    }

    private void AddMemory(MetricsText text)
    {
        text.Begin("vmm_guest_memory_bytes", "gauge", "RAM of the machine.");
        text.Sample("vmm_guest_memory_bytes", machine.Run.Config.Memory.Bytes, Labels());

        // Guest RAM is a memory file; so is the code that the runtime has compiled, which is a few MiB.
        text.Begin("vmm_resident_bytes", "gauge", "Resident memory of the machine's process: guest RAM and compiled code (shared), data (own), libraries (files).");
        foreach ((string field, string kind) in new[] { ("RssShmem", "shared"), ("RssAnon", "own"), ("RssFile", "files") })
        {
            text.Sample("vmm_resident_bytes", ProcessStatus.Bytes(field), Labels(("kind", kind)));
        }
    }

    private void AddVcpuTimes(MetricsText text)
    {
        text.Begin("vmm_vcpu_seconds_total", "counter", "Processor time of a vCPU's thread in the guest's current life.");
        machine.Run.TryUse(services =>
        {
            foreach (Vcpu vcpu in services.GetRequiredService<VirtualMachine>().Vcpus)
            {
                if (vcpu.ThreadId is { } thread)
                {
                    text.Sample("vmm_vcpu_seconds_total", ProcessStatus.ThreadTime(thread).TotalSeconds, Labels(("vcpu", Text(vcpu.Index))));
                }
            }
        });
    }

    private void AddCounts(MetricsText text, RunTotals totals)
    {
        text.Begin("vmm_exits_total", "counter", "Exits of KVM_RUN.");
        for (int i = 0; i < totals.Vcpus.Count; i++)
        {
            foreach ((string kind, long count) in totals.Vcpus[i].Counts)
            {
                text.Sample("vmm_exits_total", count, Labels(("vcpu", Text(i)), ("kind", kind)));
            }
        }

        text.Begin("vmm_tdcalls_total", "counter", "TDCALLs by leaf.");
        foreach ((string leaf, long count) in totals.TdCalls.Counts)
        {
            text.Sample("vmm_tdcalls_total", count, Labels(("leaf", leaf)));
        }

        text.Begin("vmm_tdvmcalls_total", "counter", "TDVMCALLs by sub-function and answer.");
        foreach ((string leaf, Tally answers) in totals.VmCalls)
        {
            foreach ((string status, long count) in answers.Counts)
            {
                text.Sample("vmm_tdvmcalls_total", count, Labels(("leaf", leaf), ("status", status)));
            }
        }

        text.Begin("vmm_virtualization_exceptions_total", "counter", "#VEs that the module raised.");
        text.Sample("vmm_virtualization_exceptions_total", totals.VirtualizationExceptions, Labels());
        text.Begin("vmm_converted_pages_total", "counter", "4 KiB pages that became shared or private.");
        text.Sample("vmm_converted_pages_total", totals.ConvertedPages, Labels());
        text.Begin("vmm_device_total", "counter", "What devices count: reads, writes, faults, and what is theirs.");
        foreach ((string device, Tally counts) in totals.Devices)
        {
            foreach ((string what, long count) in counts.Counts)
            {
                text.Sample("vmm_device_total", count, Labels(("device", device), ("what", what)));
            }
        }
    }

    private void AddLatencies(MetricsText text)
    {
        if (Latencies() is not { } latencies)
        {
            return;
        }

        const string Family = "vmm_call_seconds";
        text.Begin(Family, "histogram", "How long the VMM took for TDCALLs and TDVMCALLs, since somebody asked for these metrics first.");
        foreach (CallLatencies call in latencies.Latencies())
        {
            foreach (int bound in Bounds)
            {
                string limit = ((1L << bound) / NanosPerSecond).ToString(CultureInfo.InvariantCulture);
                text.Sample(Family, $"{Family}_bucket", call.Histogram.CountBelow(bound), Labels(("call", call.Name), ("le", limit)));
            }

            text.Sample(Family, $"{Family}_bucket", call.Count, Labels(("call", call.Name), ("le", "+Inf")));
            text.Sample(Family, $"{Family}_sum", call.Total.TotalSeconds, Labels(("call", call.Name)));
            text.Sample(Family, $"{Family}_count", call.Count, Labels(("call", call.Name)));
        }
    }

    private TraceSummary? Latencies()
    {
        lock (_gate)
        {
            if (_latencies is null && machine.Tracer is { } tracer)
            {
                _latencies = new TraceSummary(machine.Run.Config.Cpus);
                tracer.Subscribe(_latencies, TraceTopics.All & ~TraceTopics.Ve);
            }

            return _latencies;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private (string Name, string Value)[] Labels(params ReadOnlySpan<(string Name, string Value)> more) => [("machine", _name), .. more];
}

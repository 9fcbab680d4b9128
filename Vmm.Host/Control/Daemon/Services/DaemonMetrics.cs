using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Metrics;

namespace Vmm.Host.Control.Daemon.Services;

/// <summary>Counters of the daemon and of all machines that run, as one text in Prometheus's format 0.0.4.</summary>
/// <param name="machines">All machines.</param>
/// <param name="spares">Processes that wait for work.</param>
internal sealed class DaemonMetrics(MachineRegistry machines, SparePool spares)
{
    // A machine that does not answer must not keep the others' counters back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks all machines at once.</summary>
    public async Task<string> CollectAsync(CancellationToken cancellation)
    {
        IReadOnlyList<ManagedMachine> all = machines.All;
        string?[] texts = await Task.WhenAll(all.Select(machine => AskAsync(machine, cancellation)));
        MetricsText text = new();
        Describe(text, [.. all.Select(machine => machine.Describe())]);
        foreach (string each in texts.OfType<string>())
        {
            text.Add(each);
        }

        return text.ToString();
    }

    private static async Task<string?> AskAsync(ManagedMachine machine, CancellationToken cancellation)
    {
        if (machine.CurrentRun is not { Running: { IsCompletedSuccessfully: true, Result: true } } run)
        {
            return null;
        }

        try
        {
            CallOptions options = new(headers: null, DateTime.UtcNow + Patience, cancellation);
            return (await run.Link.CallAsync(process => process.MetricsAsync(new MetricsRequest(), options).ResponseAsync)).Text;
        }
        catch (Exception e) when (e is RpcException or ControlException)
        {
            return null;
        }
    }

    private void Describe(MetricsText text, IReadOnlyList<Api.Machine> all)
    {
        text.Begin("vmm_machines", "gauge", "Machines by state.");
        foreach (State state in Enum.GetValues<State>().Where(state => state != State.Unspecified))
        {
            text.Sample("vmm_machines", all.Count(machine => machine.State == state), ("state", state.ToString().ToLowerInvariant()));
        }

        text.Begin("vmm_machine_runs_total", "counter", "Processes that were started for a machine.");
        foreach (Api.Machine machine in all)
        {
            text.Sample("vmm_machine_runs_total", machine.Runs, ("machine", machine.Name));
        }

        text.Begin("vmm_spares_ready", "gauge", "Processes that wait for a machine.");
        text.Sample("vmm_spares_ready", spares.Ready);
        text.Begin("vmm_daemon_memory_bytes", "gauge", "Resident memory of the daemon.");
        text.Sample("vmm_daemon_memory_bytes", Environment.WorkingSet);
    }
}

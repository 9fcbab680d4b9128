namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>One run of a machine: a process, from its start to its end.</summary>
/// <param name="process">The process.</param>
/// <param name="byPolicy">Whether nobody asked for this start but the restart policy.</param>
/// <param name="control">The process's control socket.</param>
internal sealed class MachineRun(SupervisedProcess process, bool byPolicy, string control)
{
    private readonly TaskCompletionSource<bool> _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The process.</summary>
    public SupervisedProcess Process => process;

    /// <summary>Whether nobody asked for this start but the restart policy.</summary>
    public bool ByPolicy => byPolicy;

    /// <summary>Calls to the process.</summary>
    public MachineLink Link { get; } = new(control);

    /// <summary>True once the guest runs, false if the run ended before.</summary>
    public Task<bool> Running => _running.Task;

    /// <summary>Completes when the run has ended and that is written down.</summary>
    public Task Ended => _ended.Task;

    internal void GuestRuns() => _running.TrySetResult(true);

    internal void HasEnded()
    {
        _running.TrySetResult(false);
        _ended.TrySetResult();
        Link.Close();
    }
}

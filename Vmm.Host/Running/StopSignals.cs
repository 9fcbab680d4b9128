using System.Runtime.InteropServices;
using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>Ends the run in order when a signal or the user at the terminal says so; a second time ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;
    private readonly TaskCompletionSource<MachineRun> _run = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requested;

    internal StopSignals() => _signals =
    [
        On(PosixSignal.SIGTERM, ExitCode.Terminated),
        On(PosixSignal.SIGHUP, ExitCode.Terminated),
        On(PosixSignal.SIGQUIT, ExitCode.Terminated),
        On(PosixSignal.SIGINT, ExitCode.Interrupted),
    ];

    /// <summary>Passes requests on to a run, also those that came before it.</summary>
    internal void Watch(MachineRun run) => _run.SetResult(run);

    /// <summary>Ends the run.</summary>
    internal void Request(ExitCode code)
    {
        if (Interlocked.Exchange(ref _requested, 1) != 0)
        {
            // The guest or a device is stuck: leave, by way of the handlers that put the terminal back.
            Environment.Exit((int)code);
        }

        _ = _run.Task.ContinueWith(run => run.Result.RequestEnd(code, "stopped by the user"), TaskScheduler.Default);
    }

    public void Dispose() => Array.ForEach(_signals, signal => signal.Dispose());

    private PosixSignalRegistration On(PosixSignal signal, ExitCode code) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Request(code);
    });
}

using System.Runtime.InteropServices;
using Vmm.Core.Machine;
using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>Ends the machine in order when a signal or the user says so; a second request ends the process at once.</summary>
internal sealed class StopRequests : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;
    private readonly Lock _gate = new();
    private MachineLifecycle? _lifecycle;
    private ExitCode? _code;

    public StopRequests() => _signals =
    [
        On(PosixSignal.SIGTERM, ExitCode.Terminated),
        On(PosixSignal.SIGHUP, ExitCode.Terminated),
        On(PosixSignal.SIGQUIT, ExitCode.Terminated),
        On(PosixSignal.SIGINT, ExitCode.Interrupted),
    ];

    /// <summary>Exit code for the machine's end, if it was asked for.</summary>
    public ExitCode? Code
    {
        get
        {
            lock (_gate)
            {
                return _code;
            }
        }
    }

    /// <summary>Passes requests on to a life of the machine, also those that came before it.</summary>
    public void Watch(MachineLifecycle lifecycle)
    {
        lock (_gate)
        {
            _lifecycle = lifecycle;
            if (_code is not null)
            {
                End(lifecycle);
            }
        }
    }

    /// <summary>Ends the machine.</summary>
    public void Request(ExitCode code)
    {
        lock (_gate)
        {
            if (_code is not null)
            {
                // The guest or a device is stuck: leave, by way of the handlers that put the terminal back.
                Environment.Exit((int)_code);
            }

            _code = code;
            if (_lifecycle is not null)
            {
                End(_lifecycle);
            }
        }
    }

    public void Dispose() => Array.ForEach(_signals, signal => signal.Dispose());

    private static void End(MachineLifecycle lifecycle) => lifecycle.End(new MachineOutcome(MachineOutcomeKind.Stopped, "stopped by the user"));

    private PosixSignalRegistration On(PosixSignal signal, ExitCode code) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Request(code);
    });
}

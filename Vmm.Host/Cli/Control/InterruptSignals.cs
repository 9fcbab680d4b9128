using System.Runtime.InteropServices;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary>Turns the signals that end a command into a cancellation, so that calls are given up in order. A second signal ends the process.</summary>
internal sealed class InterruptSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public InterruptSignals() => _signals = [On(PosixSignal.SIGINT, ExitCode.Interrupted), On(PosixSignal.SIGTERM, ExitCode.Terminated)];

    public CancellationToken Token => _source.Token;

    /// <summary>The exit code that the signal asks for, once there was one.</summary>
    public ExitCode? Code { get; private set; }

    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        _source.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal, ExitCode code) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = Code is null;
        Code = code;
        _source.Cancel();
    });
}

using System.Runtime.InteropServices;

namespace Vmm.Host.Terminal;

/// <summary>Keeps the terminal in raw mode, so that every key reaches the guest, and puts it back on every way out of the process.</summary>
public sealed class RawMode : IDisposable
{
    private readonly TerminalCalls.Termios _original;
    private readonly PosixSignalRegistration _continued;
    private int _restored;

    private RawMode(TerminalCalls.Termios original)
    {
        _original = original;
        Enter();
        AppDomain.CurrentDomain.ProcessExit += Restore;
        AppDomain.CurrentDomain.UnhandledException += Restore;

        // The shell has its own mode while this process is stopped.
        _continued = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Enter());
    }

    /// <summary>Switches standard input over.</summary>
    /// <returns>Null when it is no terminal, or one that another job is using.</returns>
    public static RawMode? TryEnter() =>
        TerminalCalls.GetForegroundTerminal(TerminalCalls.StandardInput) is { } settings ? new RawMode(settings) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _continued.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= Restore;
        AppDomain.CurrentDomain.UnhandledException -= Restore;
        Restore(this, EventArgs.Empty);
    }

    private void Enter() => TerminalCalls.SetTerminal(TerminalCalls.StandardInput, TerminalCalls.MakeRaw(_original));

    private void Restore(object? sender, EventArgs e)
    {
        if (Interlocked.Exchange(ref _restored, 1) == 0)
        {
            TerminalCalls.SetTerminal(TerminalCalls.StandardInput, _original);
        }
    }
}

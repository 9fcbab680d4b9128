using System.Globalization;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>How a process ended, as far as the kernel tells: it tells the parent only.</summary>
/// <param name="Code">Exit code; null if a signal ended it, or if it was another's child.</param>
/// <param name="Signal">The signal that ended it; null if none did, or if it was another's child.</param>
internal readonly record struct ProcessEnd(int? Code, int? Signal)
{
    private const int SignalBase = 128;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
    ];

    /// <summary>Of a process of another parent.</summary>
    public static ProcessEnd Unknown => default;

    /// <summary>The code that stands for it: 128 + the signal's number, or 128 if it is not known.</summary>
    public int ExitCode => Code ?? SignalBase + (Signal ?? 0);

    /// <summary>A sentence about an end that the process itself did not explain.</summary>
    public string Reason => (Code, Signal) switch
    {
        ({ } code, _) => string.Create(CultureInfo.InvariantCulture, $"the process ended with exit code {code} and did not say why"),
        (_, { } signal) => string.Create(CultureInfo.InvariantCulture, $"the process was ended by signal {signal}{NameOf(signal)}"),
        _ => "the process was killed, or crashed; by which signal is known to its parent only, which was an earlier daemon",
    };

    private static string NameOf(int signal) => signal < Names.Length ? $" ({Names[signal]})" : "";
}

using Vmm.Host.Consoles;
using Vmm.Host.Errors;
using Vmm.Host.Terminal;

namespace Vmm.Host.Running;

/// <summary>Runs a machine in this process, from its first life to its last.</summary>
public sealed class MachineRunner : IMachineRunner
{
    /// <inheritdoc/>
    public int Run(RunRequest request)
    {
        using StopSignals stop = new();
        ConsoleHub hub = new(request.ControlSocket is null ? null : new ConsoleHistory(ConsoleHistory.DefaultCapacity));
        using HostConsole console = new(hub, Use(request), quit: () => stop.Request(ExitCode.Interrupted));
        using MachineRun run = new(request.Config, console.Say, TimeProvider.System);
        stop.Watch(run);
        using RunSession session = new(request, run, hub, console);
        return session.Run();
    }

    private static TerminalUse Use(RunRequest request) =>
        request.RunFolder is not null ? TerminalUse.MessagesOnly
        : request.ControlSocket is not null ? TerminalUse.OneConsole
        : TerminalUse.OnlyConsole;
}

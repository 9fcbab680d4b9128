using System.CommandLine;

namespace Vmm.Host.Cli.Control;

/// <summary>All commands that talk to a daemon.</summary>
internal static class ControlCommands
{
    public static IEnumerable<Command> Create(TextWriter output, TextWriter errors) =>
    [
        CreateCommand.Create(output),
        StartCommand.Create(output, errors),
        .. LifecycleCommands.Create(output, errors),
        PsCommand.Create(output),
        InspectMachinesCommand.Create(output, errors),
        AttachConsoleCommand.Create(errors),
        LogsCommand.Create(errors),
        EventsCommand.Create(output),
        TraceCommand.Create(output, errors),
        TopCommand.Create(output),
        WaitCommand.Create(output),
        CopyPolicyCommand.Create(output),
        .. DeviceCommands.Create(output),
        MetricsCommand.Create(output),
        InfoCommand.Create(output),
        ShutdownCommand.Create(),
        CompletionCommand.Create(output),
    ];
}

using System.CommandLine;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm console</c>: this terminal as the console of a machine.</summary>
internal static class AttachConsoleCommand
{
    private const uint DefaultScrollBack = 4096;

    public static Command Create(TextWriter errors)
    {
        ControlCommand command = new(
            "console",
            $"Be the console of a running machine; {DetachKeys.Default} leaves it. Ends with the guest's exit code",
            "vmm console web",
            "vmm console web --detach-keys ctrl-p,ctrl-q",
            "echo reboot | vmm console web");
        Argument<string> name = MachineArguments.One(command);
        Option<uint> scrollBack = new("--scroll-back") { HelpName = "BYTES", Description = "How much of what was printed before to show", DefaultValueFactory = _ => DefaultScrollBack };
        Option<string> keys = new("--detach-keys") { HelpName = "KEYS", Description = "Keys that leave the console; empty for none", DefaultValueFactory = _ => DetachKeys.Default };
        command.Add(scrollBack);
        command.Add(keys);
        command.Does((parsed, client, interrupt) =>
            RemoteConsole.RunAsync(client, parsed.GetRequiredValue(name), parsed.GetValue(scrollBack), parsed.GetRequiredValue(keys), errors, interrupt));
        return command;
    }
}

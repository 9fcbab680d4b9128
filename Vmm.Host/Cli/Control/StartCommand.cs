using System.CommandLine;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm start</c>.</summary>
internal static class StartCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        ControlCommand command = new("start", "Start machines; returns when their guests run", "vmm start web", "vmm start web --attach");
        Argument<string[]> names = MachineArguments.Several(command);
        Option<bool> attach = new("--attach", "-a") { Description = "Go on as its console, from its first byte; the guest's exit code is that of the command" };
        command.Add(attach);
        command.Validators.Add(result =>
        {
            if (result.GetValue(attach) && result.GetValue(names) is { Length: > 1 })
            {
                result.AddError("--attach: one machine only");
            }
        });
        command.Does(async (parsed, client, interrupt) =>
        {
            ErrorReport report = new(errors);
            int code = 0;
            foreach (string name in parsed.GetRequiredValue(names))
            {
                int failed = await MachineVerb.TryAsync(
                    client,
                    report,
                    async () =>
                    {
                        await client.Machines.StartAsync(new StartRequest { Name = name, RequestId = ControlClient.NewRequestId() }, cancellationToken: interrupt);
                        if (!parsed.GetValue(attach))
                        {
                            output.WriteLine(name);
                        }
                    },
                    interrupt);
                code = code == 0 ? failed : code;
            }

            return code == 0 && parsed.GetValue(attach)
                ? await RemoteConsole.RunAsync(client, parsed.GetRequiredValue(names)[0], RemoteConsole.Everything, DetachKeys.Default, errors, interrupt)
                : code;
        });
        return command;
    }
}

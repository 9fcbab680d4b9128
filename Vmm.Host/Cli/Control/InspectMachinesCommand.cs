using System.CommandLine;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm inspect</c>: all that is known of machines, as a JSON list.</summary>
internal static class InspectMachinesCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        ControlCommand command = new("inspect", "Print all that is known of machines, as JSON", "vmm inspect web", "vmm inspect web | jq '.[0].exit'");
        Argument<string[]> names = MachineArguments.Several(command);
        command.Does(async (parsed, client, interrupt) =>
        {
            ErrorReport report = new(errors);
            List<Machine> machines = [];
            int code = 0;
            foreach (string name in parsed.GetRequiredValue(names))
            {
                int failed = await MachineVerb.TryAsync(
                    client,
                    report,
                    async () => machines.Add(await client.Machines.GetAsync(new GetRequest { Name = name }, deadline: ControlCommand.Soon, cancellationToken: interrupt)),
                    interrupt);
                code = code == 0 ? failed : code;
            }

            output.WriteLine(ProtoJson.FormatList(machines));
            return code;
        });
        return command;
    }
}

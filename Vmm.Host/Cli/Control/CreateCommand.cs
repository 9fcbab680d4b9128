using System.CommandLine;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm create</c>.</summary>
internal static class CreateCommand
{
    public static Command Create(TextWriter output)
    {
        ControlCommand command = new(
            "create",
            "Define a machine with the daemon; prints its name",
            "vmm create configs/hello-td.json",
            "vmm create --name web --kernel vmlinuz --memory 1G --restart on-failure:5 --start");
        MachineOptions machine = new(command);
        RestartOption restart = new(command);
        Option<bool> start = new("--start") { Description = "Start it, too" };
        command.Add(start);
        command.Does(async (parsed, client, interrupt) =>
        {
            Definition definition = machine.Define(parsed);
            definition.Options.Remove("name", out string? name);
            Machine created = await client.Machines.CreateAsync(
                new CreateRequest { Name = name ?? "", Definition = definition, Restart = restart.Value(parsed), RequestId = ControlClient.NewRequestId() },
                deadline: ControlCommand.Soon,
                cancellationToken: interrupt);
            if (parsed.GetValue(start))
            {
                await client.Machines.StartAsync(new StartRequest { Name = created.Name, RequestId = ControlClient.NewRequestId() }, cancellationToken: interrupt);
            }

            output.WriteLine(created.Name);
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm wait</c>: waits for the end of runs and prints their exit codes.</summary>
internal static class WaitCommand
{
    public static Command Create(TextWriter output)
    {
        ControlCommand command = new("wait", "Wait until machines have ended; prints their exit codes", "vmm wait web", "[ $(vmm wait web) = 0 ]");
        Argument<string[]> names = MachineArguments.Several(command);
        command.Does(async (parsed, client, interrupt) =>
        {
            foreach (string name in parsed.GetRequiredValue(names))
            {
                Machine machine = await client.Machines.WaitAsync(new WaitRequest { Name = name }, cancellationToken: interrupt);
                output.WriteLine(machine.Exit?.Code ?? 0);
            }

            return 0;
        });
        return command;
    }
}

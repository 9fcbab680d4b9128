using System.CommandLine;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm shutdown</c>: ends the daemon; its machines go on.</summary>
internal static class ShutdownCommand
{
    public static Command Create()
    {
        ControlCommand command = new("shutdown", "End the daemon; machines go on, and the next daemon finds them", "vmm shutdown");
        command.Does(async (_, client, interrupt) =>
        {
            await client.Host.ShutdownAsync(new ShutdownRequest(), deadline: ControlCommand.Soon, cancellationToken: interrupt);
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm logs</c>: what a machine printed.</summary>
internal static class LogsCommand
{
    public static Command Create(TextWriter errors)
    {
        ControlCommand command = new("logs", "Print what a machine has printed", "vmm logs web", "vmm logs --follow --tail 20 web");
        Argument<string> name = MachineArguments.One(command);
        Option<bool> follow = new("--follow", "-f") { Description = "Go on with what it prints, until it ends" };
        Option<uint> tail = new("--tail", "-n") { HelpName = "LINES", Description = "Only the last so many lines" };
        command.Add(follow);
        command.Add(tail);
        command.Does(async (parsed, client, interrupt) =>
        {
            using AsyncServerStreamingCall<ConsoleOutput> call = client.Machines.Logs(
                new LogsRequest { Name = parsed.GetRequiredValue(name), Follow = parsed.GetValue(follow), TailLines = parsed.GetValue(tail) }, cancellationToken: interrupt);
            await foreach (ConsoleOutput output in call.ResponseStream.ReadAllAsync(interrupt))
            {
                if (!ConsoleBytes.Write(output, errors))
                {
                    break;
                }
            }

            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm metrics</c>: counters in Prometheus's text format.</summary>
internal static class MetricsCommand
{
    public static Command Create(TextWriter output)
    {
        ControlCommand command = new("metrics", "Print counters in Prometheus's text format", "vmm metrics", "vmm metrics web");
        Argument<string?> name = MachineArguments.Optional(command, "Only those of this machine");
        command.Does(async (parsed, client, interrupt) =>
        {
            MetricsResponse response = await client.Machines.MetricsAsync(
                new MetricsRequest { Name = parsed.GetValue(name) ?? "" }, deadline: ControlCommand.Soon, cancellationToken: interrupt);
            output.Write(response.Text);
            return 0;
        });
        return command;
    }
}

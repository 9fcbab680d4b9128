using System.CommandLine;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm info</c>: the daemon and its host.</summary>
internal static class InfoCommand
{
    public static Command Create(TextWriter output)
    {
        ControlCommand command = new("info", "Say who answers, and what its host can do", "vmm info", "vmm info --host tcp://lab:7070 -o json");
        Option<string> format = OutputFormat.Option();
        command.Add(format);
        command.Does(async (parsed, client, interrupt) =>
        {
            VersionResponse version = await client.Host.VersionAsync(new VersionRequest(), deadline: ControlCommand.Soon, cancellationToken: interrupt);
            CheckResponse host = await client.Host.CheckAsync(new CheckRequest(), deadline: ControlCommand.Soon, cancellationToken: interrupt);
            if (parsed.IsJson(format))
            {
                output.WriteLine($$"""{ "address": "{{client.Address}}", "version": {{ProtoJson.Format(version)}}, "host": {{ProtoJson.Format(host)}} }""");
                return 0;
            }

            TextTable table = new("STATUS", "CHECK", "FINDING");
            foreach (HostCheck check in host.Checks)
            {
                table.Add(check.Status, check.Name, check.Advice.Length == 0 ? check.Finding : $"{check.Finding} -> {check.Advice}");
            }

            output.WriteLine($"{version.Role} of vmm {version.Version} at {client.Address}, process {version.Pid}");
            output.WriteLine(table);
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm ps</c>: the daemon's machines.</summary>
internal static class PsCommand
{
    private const uint PageSize = 1000;

    public static Command Create(TextWriter output)
    {
        ControlCommand command = new("ps", "List machines", "vmm ps", "vmm ps --filter state=ended -q", "vmm ps -o json");
        Option<string[]> filters = new("--filter", "-f")
        {
            HelpName = "state=STATE|name=PREFIX",
            Description = "Only machines in this state (several: any of them), or whose name begins so; may be repeated",
        };
        Option<bool> quiet = new("--quiet", "-q") { Description = "Print names only" };
        Option<string> format = OutputFormat.Option();
        command.Add(filters);
        command.Add(quiet);
        command.Add(format);
        command.Does(async (parsed, client, interrupt) =>
        {
            List<Machine> machines = await ListAsync(client, Request(parsed.GetValue(filters) ?? []), interrupt);
            if (parsed.GetValue(quiet))
            {
                machines.ForEach(machine => output.WriteLine(machine.Name));
            }
            else
            {
                output.WriteLine(parsed.IsJson(format) ? ProtoJson.FormatList(machines) : Table(machines, DateTime.UtcNow));
            }

            return 0;
        });
        return command;
    }

    /// <summary>All machines that a request is about, page by page.</summary>
    internal static async Task<List<Machine>> ListAsync(ControlClient client, ListRequest request, CancellationToken interrupt)
    {
        List<Machine> machines = [];
        request.PageSize = PageSize;
        do
        {
            ListResponse page = await client.Machines.ListAsync(request, deadline: ControlCommand.Soon, cancellationToken: interrupt);
            machines.AddRange(page.Machines);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return machines;
    }

    private static TextTable Table(IEnumerable<Machine> machines, DateTime now)
    {
        TextTable table = new("NAME", "STATUS", "PID", "RUNS", "RESETS", "RESTART", "CREATED");
        foreach (Machine machine in machines)
        {
            table.Add(
                machine.Name,
                MachineText.Status(machine, now),
                machine.Pid == 0 ? "-" : $"{machine.Pid}",
                $"{machine.Runs}",
                $"{machine.Resets}",
                MachineText.Of(machine.Restart),
                machine.CreatedAt is null ? "" : $"{MachineText.Ago(machine.CreatedAt, now)} ago");
        }

        return table;
    }

    private static ListRequest Request(IEnumerable<string> filters)
    {
        ListRequest request = new();
        foreach (string filter in filters)
        {
            switch (filter.Split('=', 2))
            {
                case ["state", var state] when MachineText.States.TryGetValue(state, out State value):
                    request.States.Add(value);
                    break;
                case ["state", var state]:
                    throw new UserErrorException(ExitCode.Usage, $"--filter: there is no state \"{state}\"{NearestName.Suggest(state, [.. MachineText.States.Keys])}");
                case ["name", var prefix]:
                    request.NamePrefix = prefix;
                    break;
                default:
                    throw new UserErrorException(ExitCode.Usage, $"--filter: expected state=STATE or name=PREFIX, found \"{filter}\"");
            }
        }

        return request;
    }
}

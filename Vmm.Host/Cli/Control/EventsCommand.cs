using System.CommandLine;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Terminal;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm events</c>: what happens to machines, as it happens.</summary>
internal static class EventsCommand
{
    public static Command Create(TextWriter output)
    {
        ControlCommand command = new("events", "Print what happens to machines, as it happens", "vmm events", "vmm events web --after 0 -o json");
        Argument<string?> name = MachineArguments.Optional(command, "Only events of this machine");
        Option<ulong?> after = new("--after") { HelpName = "NUMBER", Description = "Begin after the event with this number, in the past; 0 for all that are kept" };
        Option<string> format = OutputFormat.Option();
        command.Add(after);
        command.Add(format);
        command.Does(async (parsed, client, interrupt) =>
        {
            WatchRequest request = new() { Name = parsed.GetValue(name) ?? "" };
            if (parsed.GetValue(after) is { } number)
            {
                request.After = number;
            }
            else if (request.Name.Length > 0)
            {
                // A name that is mistyped must not wait for ever; the past may have machines that are no more.
                await client.Machines.GetAsync(new GetRequest { Name = request.Name }, cancellationToken: interrupt);
            }

            using AsyncServerStreamingCall<Event> call = client.Machines.Watch(request, cancellationToken: interrupt);
            await foreach (Event one in call.ResponseStream.ReadAllAsync(interrupt))
            {
                output.WriteLine(parsed.IsJson(format) ? ProtoJson.FormatLine(one) : Line(one));
                output.Flush();
                if (TerminalCalls.IsClosed(TerminalCalls.StandardOutput))
                {
                    break; // as of "| head": the console class keeps that from its users
                }
            }

            return 0;
        });
        return command;
    }

    private static string Line(Event one)
    {
        string code = one.Kind == Event.Types.Kind.Ended ? $" ({one.ExitCode})" : "";
        string detail = one.Detail.Length > 0 ? $": {one.Detail}" : "";
        return $"{MachineText.Moment(one.At)}  {one.Sequence,6}  {one.Machine}  {one.Kind.ToString().ToLowerInvariant()}{code}{detail}";
    }
}

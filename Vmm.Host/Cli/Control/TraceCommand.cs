using System.CommandLine;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Terminal;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm trace</c>: the calls of a running TD.</summary>
internal static class TraceCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        ControlCommand command = new("trace", "Print the calls of a TD as they happen", "vmm trace web", "vmm trace web --filter '!io,!hlt'", "vmm trace web --filter msr -o json");
        Argument<string> name = MachineArguments.One(command);
        Option<string?> filter = new("--filter", "-f") { HelpName = "LIST", Description = $"Only these, or all but !these: {TraceFilter.Names}" };
        Option<uint[]> vcpus = new("--vcpu") { HelpName = "N", Description = "Only this vCPU; may be repeated" };
        Option<string> format = OutputFormat.Option();
        command.Add(filter);
        command.Add(vcpus);
        command.Add(format);
        command.Does(async (parsed, client, interrupt) =>
        {
            _ = TraceFilter.Parse(parsed.GetValue(filter), filter.Name); // a mistake is told here, too
            TraceRequest request = new() { Name = parsed.GetRequiredValue(name), Filter = parsed.GetValue(filter) ?? "" };
            request.Vcpus.AddRange(parsed.GetValue(vcpus) ?? []);
            using AsyncServerStreamingCall<TraceBatch> call = client.Machines.Trace(request, cancellationToken: interrupt);
            await foreach (TraceBatch batch in call.ResponseStream.ReadAllAsync(interrupt))
            {
                if (batch.Missed > 0)
                {
                    errors.WriteLine($"vmm: {batch.Missed} calls are missing here");
                }

                foreach (TraceEvent one in batch.Events)
                {
                    output.WriteLine(parsed.IsJson(format) ? ProtoJson.FormatLine(one) : one.Text);
                }

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
}

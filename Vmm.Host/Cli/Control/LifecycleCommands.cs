using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;

namespace Vmm.Host.Cli.Control;

/// <summary>The commands that steer machines: <c>vmm pause</c>, <c>resume</c>, <c>reset</c>, <c>stop</c>, <c>kill</c>, <c>rm</c>.</summary>
internal static class LifecycleCommands
{
    private const int DefaultPatience = 10;
    private const int LongestPatience = 24 * 60 * 60;

    public static IEnumerable<Command> Create(TextWriter output, TextWriter errors)
    {
        yield return Simple("pause", "Let guests stand still", async (client, name, interrupt) =>
            await client.Machines.PauseAsync(new PauseRequest { Name = name }, cancellationToken: interrupt));
        yield return Simple("resume", "Let paused guests go on", async (client, name, interrupt) =>
            await client.Machines.ResumeAsync(new ResumeRequest { Name = name }, cancellationToken: interrupt));
        yield return Simple("reset", "Begin guests anew, with empty memory", async (client, name, interrupt) =>
            await client.Machines.ResetAsync(new ResetRequest { Name = name, RequestId = ControlClient.NewRequestId() }, cancellationToken: interrupt));
        yield return Stop(output, errors);
        yield return Simple("kill", "End machines at once", async (client, name, interrupt) =>
            await client.Machines.KillAsync(new KillRequest { Name = name, RequestId = ControlClient.NewRequestId() }, cancellationToken: interrupt));
        yield return Remove(output, errors);

        ControlCommand Simple(string verb, string description, Func<ControlClient, string, CancellationToken, Task> action)
        {
            ControlCommand command = new(verb, description, $"vmm {verb} web", $"vmm {verb} web db");
            MachineVerb.Each(command, output, errors, (_, client, name, interrupt) => action(client, name, interrupt));
            return command;
        }
    }

    private static ControlCommand Stop(TextWriter output, TextWriter errors)
    {
        ControlCommand command = new("stop", "Ask guests to power off; those that do not in time are killed", "vmm stop web", "vmm stop --time 60 web", "vmm stop --no-kill web");
        Option<int> time = new("--time", "-t") { HelpName = "SECONDS", Description = "How long a guest has", DefaultValueFactory = _ => DefaultPatience };
        time.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out int seconds) && seconds is >= 0 and <= LongestPatience))
            {
                result.AddError($"--time: expected seconds from 0 to {LongestPatience}, found \"{token.Value}\"");
            }
        });
        Option<bool> noKill = new("--no-kill") { Description = "Leave those running that do not end in time" };
        command.Add(time);
        command.Add(noKill);
        MachineVerb.Each(command, output, errors, async (parsed, client, name, interrupt) => await client.Machines.StopAsync(
            new StopRequest
            {
                Name = name,
                Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(parsed.GetValue(time))),
                Kill = !parsed.GetValue(noKill),
                RequestId = ControlClient.NewRequestId(),
            },
            cancellationToken: interrupt));
        return command;
    }

    private static ControlCommand Remove(TextWriter output, TextWriter errors)
    {
        ControlCommand command = new("rm", "Forget machines and all that is kept of them", "vmm rm web", "vmm rm --force web");
        Option<bool> force = new("--force", "-f") { Description = "Kill them first if they run" };
        command.Add(force);
        MachineVerb.Each(command, output, errors, async (parsed, client, name, interrupt) => await client.Machines.DeleteAsync(
            new DeleteRequest { Name = name, Force = parsed.GetValue(force), RequestId = ControlClient.NewRequestId() }, cancellationToken: interrupt));
        return command;
    }
}

using System.CommandLine;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary>A command that makes calls to a daemon: connects, can be interrupted, and turns failed calls into lines and an exit code.</summary>
internal sealed class ControlCommand : ExampleCommand
{
    private readonly HostOptions _host;

    public ControlCommand(string name, string description, params string[] examples)
        : base(name, description, examples) => _host = new HostOptions(this);

    /// <summary>How long a call may take that only asks.</summary>
    public static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    /// <summary>Says what the command does.</summary>
    public void Does(Func<ParseResult, ControlClient, CancellationToken, Task<int>> action) => SetAction(parsed => Run(parsed, action));

    /// <summary>The names of the daemon's machines, for the shell; none if it does not answer at once.</summary>
    public IEnumerable<string> CompleteMachines(ParseResult parsed)
    {
        try
        {
            using ControlClient client = _host.Connect(parsed);
            return [.. client.Machines.List(new ListRequest(), deadline: DateTime.UtcNow.AddSeconds(1)).Machines.Select(machine => machine.Name)];
        }
        catch (Exception e) when (e is RpcException or UserErrorException)
        {
            return [];
        }
    }

    private int Run(ParseResult parsed, Func<ParseResult, ControlClient, CancellationToken, Task<int>> action)
    {
        using InterruptSignals interrupt = new();
        using ControlClient client = _host.Connect(parsed);
        try
        {
            return action(parsed, client, interrupt.Token).GetAwaiter().GetResult();
        }
        catch (Exception e) when (interrupt.Code is not null && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return (int)(interrupt.Code ?? ExitCode.Interrupted);
        }
        catch (RpcException failure)
        {
            throw ClientErrors.Explain(failure, client.Address);
        }
    }
}

using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Errors;
using Vmm.Testing;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>The control API of the process of one machine, which runs on this host's KVM.</summary>
public sealed class MachinesServiceTests
{
    private const string Prompt = "> ";

    private static readonly DateTime Deadline = DateTime.UtcNow + ControlledVmm.Patience;

    [KvmFact]
    public async Task Get_ARunningMachine_TellsOfIt()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();

        Host.Control.Api.Machine machine = await vmm.Machines.GetAsync(new GetRequest(), deadline: Deadline);

        Assert.Equal(("monitor", State.Running, vmm.Process.Id, 1L, 0L), (machine.Name, machine.State, machine.Pid, machine.Runs, machine.Resets));
        Assert.Null(machine.Exit);
        Assert.Equal(machine, (await vmm.Machines.ListAsync(new ListRequest())).Machines.Single());
        Assert.Empty((await vmm.Machines.ListAsync(new ListRequest { States = { State.Paused } })).Machines);
        Assert.Empty((await vmm.Machines.ListAsync(new ListRequest { NamePrefix = "x" })).Machines);
    }

    [KvmFact]
    public async Task Calls_ThatOnlyADaemonCanServe_AndOtherNames_AreRefused()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();

        await RefusesAsync(ControlReason.NoSuchMachine, async () => await vmm.Machines.GetAsync(new GetRequest { Name = "other" }));
        await RefusesAsync(ControlReason.NoSuchMachine, async () => await vmm.Machines.KillAsync(new KillRequest { Name = "other" }));
        await RefusesAsync(ControlReason.DaemonOnly, async () => await vmm.Machines.CreateAsync(new CreateRequest()));
        await RefusesAsync(ControlReason.DaemonOnly, async () => await vmm.Machines.StartAsync(new StartRequest()));
        await RefusesAsync(ControlReason.DaemonOnly, async () => await vmm.Machines.DeleteAsync(new DeleteRequest()));
        await RefusesAsync(ControlReason.BadArgument, async () => await vmm.Machines.StopAsync(new StopRequest { Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(-1)) }));
        Assert.Equal(State.Running, (await vmm.Machines.GetAsync(new GetRequest())).State);
    }

    [KvmFact]
    public async Task Console_TwoAtOnce_BothSeeAndBothType()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using TestConsole one = await vmm.ConsoleAsync(scrollBack: 1000);
        Assert.Equal(Prompt, await one.ReadToAsync(Prompt));
        using TestConsole two = await vmm.ConsoleAsync();

        await one.TypeAsync("in 61f\n");
        const string First = "in 61f\nff\n> ";
        Assert.Equal([First, First], [await one.ReadToAsync("\n> "), await two.ReadToAsync("\n> ")]);

        await two.TypeAsync("in 620\n");
        const string Second = "in 620\nff\n> ";
        Assert.Equal([Second, Second], [await one.ReadToAsync("\n> "), await two.ReadToAsync("\n> ")]);

        await two.TypeAsync("quit\n");
        Assert.Equal(["quit\n", "quit\n"], [await one.ReadToEndAsync(), await two.ReadToEndAsync()]);
        Assert.Equal(0, await vmm.ExitCodeAsync());
        Assert.Equal("> in 61f\nff\n> in 620\nff\n> quit\n", await vmm.Process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [KvmFact]
    public async Task Console_WithScrollBack_BeginsThatMuchEarlier()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using TestConsole one = await vmm.ConsoleAsync(scrollBack: 1000);
        await one.TypeAsync("in 61f\n");
        await one.ReadToAsync("ff\n> ");

        using TestConsole late = await vmm.ConsoleAsync(scrollBack: 5);

        Assert.Equal("ff\n> ", await late.ReadToAsync(Prompt));
        Assert.Equal(0UL, late.Missed);
    }

    [KvmFact]
    public async Task Pause_TypedMeanwhile_IsReadAfterResume()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using TestConsole console = await vmm.ConsoleAsync(scrollBack: 1000);
        await console.ReadToAsync(Prompt);

        Assert.Equal(State.Paused, (await vmm.Machines.PauseAsync(new PauseRequest { Name = "monitor" })).State);
        Assert.Equal(State.Paused, (await vmm.Machines.PauseAsync(new PauseRequest())).State);
        await console.TypeAsync("in 61f\n");
        Assert.Equal(State.Paused, (await vmm.Machines.GetAsync(new GetRequest())).State);
        Assert.Equal(State.Running, (await vmm.Machines.ResumeAsync(new ResumeRequest())).State);
        Assert.Equal(State.Running, (await vmm.Machines.ResumeAsync(new ResumeRequest())).State);

        Assert.Equal("in 61f\nff\n> ", await console.ReadToAsync("\n> "));
    }

    [KvmFact]
    public async Task Reset_BeginsAnew_OnceForARequestId()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using TestConsole console = await vmm.ConsoleAsync(scrollBack: 1000);
        await console.ReadToAsync(Prompt);

        ResetRequest request = new() { RequestId = "1" };
        Host.Control.Api.Machine first = await vmm.Machines.ResetAsync(request);
        await console.ReadToAsync(Prompt);
        Host.Control.Api.Machine again = await vmm.Machines.ResetAsync(request);

        Assert.Equal((State.Running, 1L), (first.State, first.Resets));
        Assert.Equal(first, again);
        await RefusesAsync(ControlReason.RequestIdReused, async () => await vmm.Machines.KillAsync(new KillRequest { RequestId = "1" }));
        await vmm.Machines.PauseAsync(new PauseRequest());
        Host.Control.Api.Machine second = await vmm.Machines.ResetAsync(new ResetRequest { RequestId = "2" });
        Assert.Equal((State.Running, 2L), (second.State, second.Resets));
        await console.ReadToAsync(Prompt);
    }

    [KvmFact]
    public async Task Watch_Reconnecting_MissesNothing()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        await vmm.Machines.PauseAsync(new PauseRequest(), deadline: Deadline);
        List<Event> seen = [];
        await WatchAsync(vmm, after: 0, seen, count: 1);
        await vmm.Machines.ResumeAsync(new ResumeRequest());
        await WatchAsync(vmm, after: 1, seen, count: 1);
        await vmm.Machines.ResetAsync(new ResetRequest());
        Task<Host.Control.Api.Machine> waiting = vmm.Machines.WaitAsync(new WaitRequest()).ResponseAsync;
        await vmm.Machines.KillAsync(new KillRequest());

        Assert.Equal((int)ExitCode.Killed, (await waiting).Exit.Code);
        Assert.Equal([(1UL, Event.Types.Kind.Running, State.Running), (2UL, Event.Types.Kind.Paused, State.Paused)], seen.Select(one => (one.Sequence, one.Kind, one.State)));
    }

    [KvmFact]
    public async Task Kill_EndsTheRun_AndThoseWhoWaitHearOfIt()
    {
        using Cli.TempFolder folder = new();
        await using ControlledVmm vmm = await ControlledVmm.StartAsync(Guests.PortMonitor.Assemble(), folder.Path, environment: null);
        AsyncServerStreamingCall<Event> watch = vmm.Machines.Watch(new WatchRequest { After = 0 }, deadline: Deadline);
        await watch.ResponseHeadersAsync;
        Task<Host.Control.Api.Machine> wait = vmm.Machines.WaitAsync(new WaitRequest()).ResponseAsync;

        Host.Control.Api.Machine killed = await vmm.Machines.KillAsync(new KillRequest());

        Assert.Equal((State.Ended, 137, "killed by the user"), (killed.State, killed.Exit.Code, killed.Exit.Reason));
        Assert.Equal(killed, await wait);
        Assert.Equal(
            [(1UL, Event.Types.Kind.Running, 0), (2UL, Event.Types.Kind.Ended, 137)],
            await watch.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).Select(one => (one.Sequence, one.Kind, one.ExitCode)).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(137, await vmm.ExitCodeAsync());
        Assert.False(File.Exists(vmm.Socket));

        using JsonDocument record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "run.json"), TestContext.Current.CancellationToken));
        Assert.Equal(vmm.Process.Id, record.RootElement.GetProperty("pid").GetInt32());
        Assert.Equal(137, record.RootElement.GetProperty("exit").GetProperty("code").GetInt32());
        Assert.Equal(["KIND_RUNNING", "KIND_ENDED"], Events(folder.Path).Select(one => one.GetProperty("kind").GetString()!));
        Assert.Equal(Prompt, await File.ReadAllTextAsync(Path.Combine(folder.Path, "console.log"), TestContext.Current.CancellationToken));
    }

    [KvmFact]
    public async Task Stop_AGuestThatDoesNotListen_GoesOnOrIsKilled()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        Duration soon = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100));

        await RefusesAsync(ControlReason.DidNotStop, async () => await vmm.Machines.StopAsync(new StopRequest { Timeout = soon }));
        Assert.Equal(State.Running, (await vmm.Machines.GetAsync(new GetRequest())).State);
        DeviceState button = (await vmm.Machines.ListDevicesAsync(new ListDevicesRequest())).Devices.Single(device => device.Type == "power-button");
        Assert.Equal(1, button.Metrics["presses"]);
        await vmm.Machines.PauseAsync(new PauseRequest());
        await RefusesAsync(ControlReason.WrongState, async () => await vmm.Machines.StopAsync(new StopRequest { Timeout = soon }));
        Assert.Equal((int)ExitCode.Killed, (await vmm.Machines.StopAsync(new StopRequest { Timeout = soon, Kill = true })).Exit.Code);
        Assert.Equal((int)ExitCode.Killed, await vmm.ExitCodeAsync());
    }

    [KvmFact]
    public async Task Stop_AMachineWithoutAPowerButton_IsRefused()
    {
        using Cli.TempFolder folder = new();
        string config = folder.Write("td.json", """{ "devices": [ { "type": "uart16550" } ] }""");
        await using ControlledVmm vmm = await ControlledVmm.StartAsync(config);

        await RefusesAsync(ControlReason.NoPowerButton, async () => await vmm.Machines.StopAsync(new StopRequest()));
        Assert.Equal((int)ExitCode.Killed, (await vmm.Machines.StopAsync(new StopRequest { Kill = true })).Exit.Code);
    }

    [KvmFact]
    public async Task Notices_OfEveryEvent_GoToTheStarterAndToSystemd()
    {
        using Cli.TempFolder folder = new();
        using TestDatagrams starter = new(Path.Combine(folder.Path, "starter"));
        using TestDatagrams systemd = new(Path.Combine(folder.Path, "systemd"));
        await using ControlledVmm vmm = await ControlledVmm.StartAsync(Guests.PortMonitor.Assemble(), runFolder: null, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["VMM_NOTIFY"] = starter.Path,
            ["NOTIFY_SOCKET"] = systemd.Path,
        });
        Assert.Equal($"NAME=monitor\nPID={vmm.Process.Id}\nSEQUENCE=1\nSTATE=running", await starter.ReceiveAsync());
        Assert.Equal("READY=1", await systemd.ReceiveAsync());

        await vmm.Machines.PauseAsync(new PauseRequest());
        Assert.EndsWith("SEQUENCE=2\nSTATE=paused", await starter.ReceiveAsync(), StringComparison.Ordinal);
        await vmm.Machines.KillAsync(new KillRequest());
        Assert.EndsWith("SEQUENCE=3\nSTATE=ended", await starter.ReceiveAsync(), StringComparison.Ordinal);
    }

    [KvmFact]
    public async Task StockServices_HealthAndReflection_AreThere()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();

        Host.Control.Api.Health.HealthCheckResponse health = await vmm.Health.CheckAsync(new Host.Control.Api.Health.HealthCheckRequest { Service = "vmm.v1.Machines" });

        Assert.Equal(Host.Control.Api.Health.HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        Host.Control.Api.VersionResponse version = await vmm.Host.VersionAsync(new VersionRequest());
        Assert.Equal(("machine", vmm.Process.Id), (version.Role, version.Pid));
        Assert.True((await vmm.Host.CheckAsync(new CheckRequest())).EmulatedTds);
        await vmm.Host.ShutdownAsync(new ShutdownRequest(), deadline: Deadline);
        Assert.Equal((int)ExitCode.Killed, await vmm.ExitCodeAsync()); // the monitor does not listen to the power button
    }

    [KvmFact]
    public async Task Logs_TailAndFollow_TellWhatWasPrinted()
    {
        using Cli.TempFolder folder = new();
        await using ControlledVmm vmm = await ControlledVmm.StartAsync(Guests.PortMonitor.Assemble(), folder.Path, environment: null);
        using TestConsole console = await vmm.ConsoleAsync(scrollBack: 1000);
        await console.ReadToAsync(Prompt);
        await console.TypeAsync("in 61f\n");
        await console.ReadToAsync("\n> ");

        Assert.Equal("> in 61f\nff\n> ", await LogsAsync(vmm, new LogsRequest()));
        Assert.Equal("\n> ", await LogsAsync(vmm, new LogsRequest { Tail = 3 }));
        Assert.Equal("ff\n> ", await LogsAsync(vmm, new LogsRequest { TailLines = 2 }));
        Task<string> followed = LogsAsync(vmm, new LogsRequest { Follow = true, TailLines = 1 });
        await console.TypeAsync("quit\n");
        Assert.Equal("> quit\n", await followed);
    }

    [KvmFact]
    public async Task Console_FirstMessageMissing_IsRefused()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> call = vmm.Machines.Console(deadline: Deadline);
        await call.RequestStream.CompleteAsync();

        await RefusesAsync(ControlReason.BadArgument, () => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    internal static async Task RefusesAsync(ControlReason reason, Func<Task> call)
    {
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((reason, reason.Code()), (refusal.Reason(), refusal.StatusCode));
        Assert.NotEmpty(refusal.Status.Detail);
    }

    private static IEnumerable<JsonElement> Events(string folder) =>
        File.ReadAllLines(Path.Combine(folder, "events.jsonl")).Select(line => JsonDocument.Parse(line).RootElement);

    private static async Task WatchAsync(ControlledVmm vmm, ulong after, List<Event> seen, int count)
    {
        if (count > 0)
        {
            using AsyncServerStreamingCall<Event> watch = vmm.Machines.Watch(new WatchRequest { After = after }, deadline: Deadline);
            while (count-- > 0 && await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
                seen.Add(watch.ResponseStream.Current);
            }
        }
    }

    private static async Task<string> LogsAsync(ControlledVmm vmm, LogsRequest request)
    {
        using AsyncServerStreamingCall<ConsoleOutput> logs = vmm.Machines.Logs(request, deadline: Deadline);
        return string.Concat(await logs.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).Select(part => part.Data.ToStringUtf8()).ToListAsync(TestContext.Current.CancellationToken));
    }
}

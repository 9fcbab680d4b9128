using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Testing;
using static Vmm.Host.Control.Api.Event.Types;
using Mode = Vmm.Host.Control.Api.RestartPolicy.Types.Mode;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>The whole of it: a daemon, clients, and TDs.</summary>
public sealed class DaemonProcessTests : IAsyncDisposable
{
    private readonly RealDaemon _daemon = new();

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [KvmFact]
    public async Task DaemonKilled_FiveTds_AllGoOnAreFoundAndWatchersMissNothing()
    {
        await _daemon.StartAsync();
        string[] names = ["a", "b", "c", "d", "e"];
        Dictionary<string, int> pids = [];
        foreach (string name in names)
        {
            await _daemon.Machines.CreateAsync(_daemon.Definition(name));
            pids[name] = (await _daemon.Machines.StartAsync(new StartRequest { Name = name })).Pid;
        }

        List<Event> before = await WatchAsync(0, one => one is { Machine: "e", Kind: Kind.Running });
        _daemon.Kill();

        Assert.All(pids.Values, pid => Assert.False(Process.GetProcessById(pid).HasExited));
        await EndAsync(pids["b"]);
        await _daemon.StartAsync();
        ListResponse found = await _daemon.Machines.ListAsync(new ListRequest());
        Assert.Equal(["a", "c", "d", "e"], found.Machines.Where(machine => machine.State == State.Running && machine.Pid == pids[machine.Name]).Select(machine => machine.Name));
        Assert.Equal(143, found.Machines[1].Exit.Code);

        await _daemon.Machines.PauseAsync(new PauseRequest { Name = "d" });
        List<Event> after = await WatchAsync(before[^1].Sequence, one => one.Kind == Kind.Paused);
        Assert.Equal([(Kind.Ended, "b"), (Kind.Paused, "d")], after.Select(one => (one.Kind, one.Machine)));
        Assert.Equal(Enumerable.Range(1, before.Count + after.Count).Select(number => (ulong)number), before.Concat(after).Select(one => one.Sequence));
    }

    [KvmFact]
    public async Task TdKilled_RestartAlways_IsToldWhyAndStartedAgain()
    {
        await _daemon.StartAsync();
        await _daemon.Machines.CreateAsync(_daemon.Definition("a", restart: Mode.Always));
        Machine first = await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });

        using (Process td = Process.GetProcessById(first.Pid))
        {
            td.Kill();
        }

        List<Event> events = await WatchAsync(3, one => one.Kind == Kind.Running);
        Assert.Equal([Kind.Ended, Kind.Restarting, Kind.Starting, Kind.Running], events.Select(one => one.Kind));
        Assert.Equal((137, "the process was ended by signal 9 (SIGKILL)"), (events[0].ExitCode, events[0].Detail));
        Machine second = await _daemon.Machines.GetAsync(new GetRequest { Name = "a" });
        Assert.Equal((State.Running, 2), (second.State, second.Runs));
        Assert.NotEqual(first.Pid, second.Pid);
    }

    [KvmTheory]
    [InlineData("--spares=0")]
    [InlineData("--spares=1")]
    public async Task Console_ThroughTheDaemon_IsThatOfTheTd(string spares)
    {
        await _daemon.StartAsync(spares);
        await _daemon.Machines.CreateAsync(_daemon.Definition("a", RealDaemon.Monitor));
        await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });

        using AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> console = _daemon.Machines.Console();
        await console.RequestStream.WriteAsync(new ConsoleInput { Name = "a", ScrollBack = 4096, Data = ByteString.CopyFromUtf8("quit\r") });
        StringBuilder printed = new();
        while (await console.ResponseStream.MoveNext(CancellationToken.None))
        {
            printed.Append(console.ResponseStream.Current.Data.ToStringUtf8());
        }

        Machine ended = await _daemon.Machines.WaitAsync(new WaitRequest { Name = "a" });
        Assert.Equal((State.Ended, 0), (ended.State, ended.Exit.Code));
        using AsyncServerStreamingCall<ConsoleOutput> logs = _daemon.Machines.Logs(new LogsRequest { Name = "a" });
        Assert.True(await logs.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(printed.ToString(), logs.ResponseStream.Current.Data.ToStringUtf8());
    }

    [KvmFact]
    public async Task Start_MissingKernel_SaysSo()
    {
        await _daemon.StartAsync();
        CreateRequest request = _daemon.Definition("a");
        request.Definition.Options["kernel"] = "/nowhere/kernel";
        await _daemon.Machines.CreateAsync(request);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await _daemon.Machines.StartAsync(new StartRequest { Name = "a" }));

        Assert.Equal((StatusCode.Aborted, "/nowhere/kernel: no such kernel file"), (refusal.StatusCode, refusal.Status.Detail));
    }

    [KvmFact]
    public async Task DaemonTerminated_TdGoesOn()
    {
        await _daemon.StartAsync("--spares=1");
        await _daemon.Machines.CreateAsync(_daemon.Definition("a"));
        int pid = (await _daemon.Machines.StartAsync(new StartRequest { Name = "a" })).Pid;

        Assert.Equal(0, _daemon.Terminate());

        Assert.False(Process.GetProcessById(pid).HasExited);
        await _daemon.StartAsync();
        Assert.Equal(pid, (await _daemon.Machines.GetAsync(new GetRequest { Name = "a" })).Pid);
    }

    [KvmFact]
    public async Task SecondDaemon_SameState_EndsWithOneLine()
    {
        await _daemon.StartAsync();

        (int code, string errors) = _daemon.RunAnother();

        Assert.Equal((int)Vmm.Host.Errors.ExitCode.CannotCreate, code);
        Assert.EndsWith("uses this state folder; end it, or name another folder with --state\n", errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task EndAsync(int pid)
    {
        using Process td = Process.GetProcessById(pid);
        using Process kill = Process.Start("kill", ["-15", $"{pid}"]);
        await td.WaitForExitAsync();
    }

    private async Task<List<Event>> WatchAsync(ulong after, Func<Event, bool> last)
    {
        using AsyncServerStreamingCall<Event> watch = _daemon.Machines.Watch(new WatchRequest { After = after });
        List<Event> events = [];
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
            events.Add(watch.ResponseStream.Current);
        }
        while (!last(events[^1]));
        return events;
    }
}

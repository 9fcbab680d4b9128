using Grpc.Core;
using Vmm.Core.Testing;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Api.Health;
using Vmm.Host.Control.Api.Reflection;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>The daemon's API over its socket.</summary>
public sealed class DaemonServiceTests : IAsyncLifetime
{
    private DaemonUnderTest _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await DaemonUnderTest.StartedAsync();

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Machine_WholeLife_IsAsTheCallsSay()
    {
        Machines.MachinesClient machines = _daemon.Machines;

        Assert.Equal(State.Created, (await machines.CreateAsync(SupervisorBench.Definition("a", "stay"))).State);
        Assert.Equal(State.Running, (await machines.StartAsync(new StartRequest { Name = "a" })).State);
        Task<Machine> wait = machines.WaitAsync(new WaitRequest { Name = "a" }).ResponseAsync;
        Assert.Equal(State.Ended, (await machines.KillAsync(new KillRequest { Name = "a" })).State);
        Assert.Equal(143, (await wait).Exit.Code);
        Assert.Equal("printed by a\n", await LogsAsync(new LogsRequest { Name = "a" }));
        await machines.DeleteAsync(new DeleteRequest { Name = "a" });
        await RefusedAsync(ControlReason.NoSuchMachine, StatusCode.NotFound, async () => await machines.GetAsync(new GetRequest { Name = "a" }));
    }

    [Fact]
    public async Task Logs_Tail_AreTheLastBytesOrLines()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "end"));
        await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });
        await _daemon.Machines.WaitAsync(new WaitRequest { Name = "a" });
        string run = Path.Combine(_daemon.StatePath, "machines", "a", "run");
        await File.WriteAllTextAsync(Path.Combine(run, "console.1.log"), "one\ntwo\n");
        await File.WriteAllTextAsync(Path.Combine(run, "console.log"), "three\nfour");

        Assert.Equal("one\ntwo\nthree\nfour", await LogsAsync(new LogsRequest { Name = "a" }));
        Assert.Equal("e\nfour", await LogsAsync(new LogsRequest { Name = "a", Tail = 6 }));
        Assert.Equal("four", await LogsAsync(new LogsRequest { Name = "a", TailLines = 1 }));
        Assert.Equal("two\nthree\nfour", await LogsAsync(new LogsRequest { Name = "a", TailLines = 3 }));
        Assert.Equal("one\ntwo\nthree\nfour", await LogsAsync(new LogsRequest { Name = "a", TailLines = 9 }));
        await File.WriteAllTextAsync(Path.Combine(run, "console.log"), "three\nfour\n");
        Assert.Equal("four\n", await LogsAsync(new LogsRequest { Name = "a", TailLines = 1 }));
        Assert.Equal("two\nthree\nfour\n", await LogsAsync(new LogsRequest { Name = "a", TailLines = 3 }));
    }

    [Fact]
    public async Task List_ManyMachines_ComesInPagesAndFiltered()
    {
        foreach (string name in new[] { "c", "a2", "b", "a1", "a3" })
        {
            await _daemon.Machines.CreateAsync(SupervisorBench.Definition(name, "stay"));
        }

        await _daemon.Machines.StartAsync(new StartRequest { Name = "b" });

        ListResponse first = await _daemon.Machines.ListAsync(new ListRequest { PageSize = 3 });
        ListResponse second = await _daemon.Machines.ListAsync(new ListRequest { PageSize = 3, PageToken = first.NextPageToken });
        Assert.Equal(["a1", "a2", "a3", "b", "c"], first.Machines.Concat(second.Machines).Select(machine => machine.Name));
        Assert.Empty(second.NextPageToken);
        Assert.Equal(["a1", "a2", "a3"], (await _daemon.Machines.ListAsync(new ListRequest { NamePrefix = "a" })).Machines.Select(machine => machine.Name));
        Assert.Equal(["b"], (await _daemon.Machines.ListAsync(new ListRequest { States = { State.Running, State.Paused } })).Machines.Select(machine => machine.Name));
    }

    [Fact]
    public async Task Watch_ReconnectWithTheLastNumber_NothingIsMissedOrDoubled()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));
        List<Event> first = await WatchAsync(0, one => one.Kind == Kind.Created);
        await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });
        await _daemon.StopAsync();
        await _daemon.StartAsync();
        await _daemon.Machines.KillAsync(new KillRequest { Name = "a" });

        List<Event> second = await WatchAsync(first[^1].Sequence, one => one.Kind == Kind.Ended);

        Assert.Equal([Kind.Created, Kind.Starting, Kind.Running, Kind.Ended], first.Concat(second).Select(one => one.Kind));
        Assert.Equal([1UL, 2, 3, 4], first.Concat(second).Select(one => one.Sequence));
    }

    [Fact]
    public async Task Watch_NumberOfTheFuture_IsRefused()
    {
        using AsyncServerStreamingCall<Event> watch = _daemon.Machines.Watch(new WatchRequest { After = 1000 });
        await RefusedAsync(ControlReason.EventsForgotten, StatusCode.OutOfRange, () => watch.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task RequestId_Repeated_IsAnsweredAsBeforeAlsoByTheNextDaemon()
    {
        CreateRequest create = SupervisorBench.Definition("a", "stay");
        create.RequestId = "create-1";
        Machine first = await _daemon.Machines.CreateAsync(create);
        DeleteRequest delete = new() { Name = "a", RequestId = "delete-1" };
        await _daemon.Machines.DeleteAsync(delete);
        await _daemon.StopAsync();
        await _daemon.StartAsync();

        Assert.Equal(first, await _daemon.Machines.CreateAsync(create));
        await _daemon.Machines.DeleteAsync(delete);
        Assert.Empty((await _daemon.Machines.ListAsync(new ListRequest())).Machines);
        delete.Name = "b";
        await RefusedAsync(ControlReason.RequestIdReused, StatusCode.Aborted, async () => await _daemon.Machines.DeleteAsync(delete));
    }

    [Fact]
    public async Task RequestId_UsedAtTheSameTime_IsServedOnce()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "end"));

        Machine[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await _daemon.Machines.StartAsync(new StartRequest { Name = "a", RequestId = "start-1" })));

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Equal(1, (await _daemon.Machines.GetAsync(new GetRequest { Name = "a" })).Runs);
    }

    [Fact]
    public async Task Call_OfAMachineThatDoesNotRun_IsRefused()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));

        await RefusedAsync(ControlReason.WrongState, StatusCode.FailedPrecondition, async () => await _daemon.Machines.PauseAsync(new PauseRequest { Name = "a" }));
    }

    [Fact]
    public async Task Call_OfAProcessThatDoesNotServe_MachineIsGone()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));
        await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });

        await RefusedAsync(ControlReason.MachineGone, StatusCode.Unavailable, async () => await _daemon.Machines.PauseAsync(new PauseRequest { Name = "a" }));
    }

    [Fact]
    public async Task Stop_GuestThatDoesNotListen_IsKilledIfToldTo()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));
        await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });

        await RefusedAsync(ControlReason.MachineGone, StatusCode.Unavailable, async () => await _daemon.Machines.StopAsync(new StopRequest { Name = "a" }));
        Assert.Equal(State.Running, (await _daemon.Machines.GetAsync(new GetRequest { Name = "a" })).State);
        Assert.Equal(State.Ended, (await _daemon.Machines.StopAsync(new StopRequest { Name = "a", Kill = true })).State);
    }

    [Fact]
    public async Task Wait_Deadline_IsHonoured()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));
        await _daemon.Machines.StartAsync(new StartRequest { Name = "a" });

        RpcException late = await Assert.ThrowsAsync<RpcException>(async () =>
            await _daemon.Machines.WaitAsync(new WaitRequest { Name = "a" }, deadline: DateTime.UtcNow.AddMilliseconds(50)));

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    [Fact]
    public async Task Shutdown_WatchersAreTold_MachinesGoOn()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));
        int pid = (await _daemon.Machines.StartAsync(new StartRequest { Name = "a" })).Pid;
        using AsyncServerStreamingCall<Event> watch = _daemon.Machines.Watch(new WatchRequest { After = 2 });
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None)); // it watches, for certain
        Task<bool> next = watch.ResponseStream.MoveNext(CancellationToken.None);

        Assert.Equal(0, await _daemon.StopAsync());

        await RefusedAsync(ControlReason.ShuttingDown, StatusCode.Unavailable, () => next);
        Assert.True(Directory.Exists($"/proc/{pid}"));
        await _daemon.StartAsync();
        Assert.Equal((State.Running, pid), ((await _daemon.Machines.GetAsync(new GetRequest { Name = "a" })).State, pid));
    }

    [Fact]
    public async Task Shutdown_AClientThatStillWrites_FindsItsConnectionOpen()
    {
        const byte GoAway = 7;
        const int HeaderSize = 9;
        const int TypeAt = 3;
        using System.Net.Sockets.Socket socket = await _daemon.OpenAsync();
        await socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await socket.SendAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }); // SETTINGS, empty
        await using System.Net.Sockets.NetworkStream stream = new(socket);
        byte[] header = new byte[HeaderSize];
        await stream.ReadExactlyAsync(header); // it serves
        await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]]);
        Task<int> end = _daemon.StopAsync();
        do
        {
            await stream.ReadExactlyAsync(header);
            await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]]);
        }
        while (header[TypeAt] != GoAway);

        bool isReadable = socket.Poll(TimeSpan.FromMilliseconds(100), System.Net.Sockets.SelectMode.SelectRead);
        Assert.True(!isReadable || socket.Available > 0); // there may be more, but not the end
        await socket.SendAsync(new byte[] { 0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 }); // PING
        socket.Shutdown(System.Net.Sockets.SocketShutdown.Both);

        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task Metrics_OfTheDaemon_CountMachinesByState()
    {
        await _daemon.Machines.CreateAsync(SupervisorBench.Definition("a", "stay"));

        string text = (await _daemon.Machines.MetricsAsync(new MetricsRequest())).Text;

        Assert.Contains("# TYPE vmm_machines gauge\n", text, StringComparison.Ordinal);
        Assert.Contains("vmm_machines{state=\"created\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("vmm_machine_runs_total{machine=\"a\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_VersionAndCheck_AreOfTheDaemon()
    {
        VersionResponse version = await _daemon.Host.VersionAsync(new VersionRequest());
        CheckResponse check = await _daemon.Host.CheckAsync(new CheckRequest());

        Assert.Equal(("daemon", Environment.ProcessId), (version.Role, version.Pid));
        Assert.Contains(check.Checks, one => one.Name == "kvm");
        Assert.All(check.Checks, one => Assert.Contains(one.Status, new[] { "ok", "warning", "missing" }));
    }

    [Fact]
    public async Task Health_OfServices_IsServing()
    {
        Vmm.Host.Control.Api.Health.Health.HealthClient health = new(_daemon.Connect());

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = "vmm.v1.Machines" })).Status);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(async () => await health.CheckAsync(new HealthCheckRequest { Service = "none" }));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Reflection_OfAService_HasItsFileAndThoseItImports()
    {
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> reflection = new ServerReflection.ServerReflectionClient(_daemon.Connect()).ServerReflectionInfo();
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "*" });
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "vmm.v1.Machines" });
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "vmm.v1.Nothing" });
        await reflection.RequestStream.CompleteAsync();
        List<ServerReflectionResponse> answers = [];
        while (await reflection.ResponseStream.MoveNext(CancellationToken.None))
        {
            answers.Add(reflection.ResponseStream.Current);
        }

        Assert.Equal(
            ["vmm.v1.Machines", "vmm.v1.Host", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"],
            answers[0].ListServicesResponse.Service.Select(service => service.Name));
        string[] files = [.. answers[1].FileDescriptorResponse.FileDescriptorProto.Select(file => Google.Protobuf.Reflection.FileDescriptorProto.Parser.ParseFrom(file).Name)];
        Assert.Equal("vmm/v1/machines.proto", files[0]);
        Assert.Contains("vmm/v1/machine.proto", files);
        Assert.Contains("google/protobuf/timestamp.proto", files);
        Assert.Equal((int)StatusCode.NotFound, answers[2].ErrorResponse.ErrorCode);
    }

    [Fact]
    public async Task SecondDaemon_OnTheSameFolder_IsRefusedWithOneLine()
    {
        Host.Errors.UserErrorException refusal = await Assert.ThrowsAsync<Host.Errors.UserErrorException>(() => _daemon.RunAsync(new Vmm.Host.Control.Daemon.Listening.ServeOptions
        {
            StateFolder = _daemon.StatePath,
            RuntimeFolder = Path.Combine(_daemon.TestFolder, "other"),
            Addresses = [new Vmm.Host.Control.Daemon.Listening.ListenAddress(Path.Combine(_daemon.TestFolder, "other", "daemon.sock"), Address: null)],
        }));

        Assert.Contains($"another daemon (process {Environment.ProcessId})", Assert.Single(refusal.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondDaemon_OnTheSameSocket_IsRefusedWithOneLine()
    {
        Host.Errors.UserErrorException refusal = await Assert.ThrowsAsync<Host.Errors.UserErrorException>(() => _daemon.RunAsync(new Vmm.Host.Control.Daemon.Listening.ServeOptions
        {
            StateFolder = Path.Combine(_daemon.TestFolder, "other"),
            RuntimeFolder = _daemon.RuntimePath,
            Addresses = [new Vmm.Host.Control.Daemon.Listening.ListenAddress(_daemon.Socket, Address: null)],
        }));

        Assert.Contains("somebody listens there already", Assert.Single(refusal.Lines), StringComparison.Ordinal);
        await _daemon.Host.VersionAsync(new VersionRequest());
    }

    private static async Task RefusedAsync(ControlReason reason, StatusCode code, Func<Task> call)
    {
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((code, reason), (refusal.StatusCode, refusal.Reason()));
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

    private async Task<string> LogsAsync(LogsRequest request)
    {
        using AsyncServerStreamingCall<ConsoleOutput> logs = _daemon.Machines.Logs(request);
        string text = "";
        while (await logs.ResponseStream.MoveNext(CancellationToken.None))
        {
            text += logs.ResponseStream.Current.Data.ToStringUtf8();
        }

        return text;
    }
}

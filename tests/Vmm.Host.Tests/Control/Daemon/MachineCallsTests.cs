using System.Globalization;
using Grpc.Core;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Tests.Control.Serving;
using Vmm.Testing;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>Calls about the inside of a machine, that the daemon passes on to its process: with a TD that does what its console is told.</summary>
public sealed class MachineCallsTests : IAsyncLifetime
{
    private const string Name = "a";
    private const string Prompt = "> ";

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly RealDaemon _daemon = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [KvmFact]
    public async Task AttachAndDetach_OfAPort_GuestSeesItComeAndGo()
    {
        Machines.MachinesClient machines = await StartAsync();
        using TestConsole console = await ConsoleAsync(machines);
        Assert.Equal("ff", await InAsync(console, "510"));

        AttachDeviceRequest attach = new() { Name = Name, Device = "debug-console,name=extra,port=0x510,stream=none", RequestId = "attach-1" };
        DeviceList attached = await machines.AttachDeviceAsync(attach);
        Assert.Contains(attached.Devices, device => device is { Name: "extra", Type: "debug-console", Detachable: true });
        Assert.Equal(attached.Devices.Count, (await machines.AttachDeviceAsync(attach)).Devices.Count); // the same call, not another device
        Assert.Equal("e9", await InAsync(console, "510"));
        await RefusedAsync(ControlReason.NotNow, async () => await machines.AttachDeviceAsync(new AttachDeviceRequest { Name = Name, Device = "virtio-rng" }));

        await machines.DetachDeviceAsync(new DetachDeviceRequest { Name = Name, Device = "extra" });
        Assert.Equal("ff", await InAsync(console, "510"));
        Assert.DoesNotContain((await machines.ListDevicesAsync(new ListDevicesRequest { Name = Name })).Devices, device => device.Name == "extra");
        await RefusedAsync(ControlReason.BadArgument, async () => await machines.DetachDeviceAsync(new DetachDeviceRequest { Name = Name, Device = "extra" }));
        Assert.Equal([(Kind.DeviceAttached, "extra"), (Kind.DeviceDetached, "extra")], (await EventsAsync(machines, after: 3, count: 2)).Select(one => (one.Kind, one.Detail)));
    }

    [KvmFact]
    public async Task SetPolicy_OfMsrs_IsInForceAndTold()
    {
        Machines.MachinesClient machines = await StartAsync();
        const string Msr = """{ "msr": { "default": "deny", "rules": [ { "index": "0x1234", "action": "store", "value": 5 } ] } }""";
        PolicyState before = await machines.GetPolicyAsync(new GetPolicyRequest { Name = Name });

        PolicyState after = await machines.SetPolicyAsync(new SetPolicyRequest { Name = Name, Policy = Msr });

        Assert.Equal(["msr"], before.Changeable);
        Assert.DoesNotContain("0x1234", before.Policy, StringComparison.Ordinal);
        Assert.Contains("0x1234", after.Policy, StringComparison.Ordinal);
        Assert.Equal(after, await machines.GetPolicyAsync(new GetPolicyRequest { Name = Name }));
        await RefusedAsync(ControlReason.NotNow, async () => await machines.SetPolicyAsync(new SetPolicyRequest { Name = Name, Policy = """{ "cpuid": { "default": "drop" } }""" }));
        await RefusedAsync(ControlReason.BadPolicy, async () => await machines.SetPolicyAsync(new SetPolicyRequest { Name = Name, Policy = "{ \"msr\": 5 }" }));
        Assert.Equal(after, await machines.GetPolicyAsync(new GetPolicyRequest { Name = Name }));
        Assert.Equal(Kind.PolicyChanged, Assert.Single(await EventsAsync(machines, after: 3, count: 1)).Kind);
    }

    [KvmFact]
    public async Task Trace_ThroughTheDaemon_HasTheCallsAsked()
    {
        Machines.MachinesClient machines = await StartAsync();
        using TestConsole console = await ConsoleAsync(machines);
        using AsyncServerStreamingCall<TraceBatch> trace = machines.Trace(new TraceRequest { Name = Name, Filter = "io" }, cancellationToken: Cancellation);
        Assert.True(await trace.ResponseStream.MoveNext(Cancellation)); // it is traced, for certain: the monitor polls its line

        await console.TypeAsync("in 61f\n");
        TraceEvent read = await TraceReading.FindAsync(trace, one => one.Input["r14"] == 0x61F, () => console.TypeAsync("in 61f\n"));

        Assert.Equal(("TDG.VP.VMCALL<Instruction.IO>", "SUCCESS", 0xFFUL), (read.Function, read.Status, read.Output["r11"]));
        using AsyncServerStreamingCall<TraceBatch> wrong = machines.Trace(new TraceRequest { Name = Name, Filter = "nonsense" }, cancellationToken: Cancellation);
        await RefusedAsync(ControlReason.BadArgument, () => wrong.ResponseStream.MoveNext(Cancellation));
    }

    [KvmFact]
    public async Task Trace_AReaderThatDoesNotRead_IsToldHowMuchItMissedAndGuestGoesOn()
    {
        Machines.MachinesClient machines = await StartAsync();
        using AsyncServerStreamingCall<TraceBatch> trace = machines.Trace(new TraceRequest { Name = Name }, cancellationToken: Cancellation);
        Assert.True(await trace.ResponseStream.MoveNext(Cancellation));

        Assert.True(await TraceReading.UntilMissedAsync(trace, () => ExitsAsync(machines)) > 0); // the monitor polls its line
        using TestConsole console = await ConsoleAsync(machines);
        Assert.Equal("ff", await InAsync(console, "61f"));
    }

    [KvmFact]
    public async Task PauseResumeAndReset_OfATd_AreDoneOnceAndToldAWatcherThatReconnects()
    {
        Machines.MachinesClient machines = await StartAsync();
        using TestConsole console = await ConsoleAsync(machines);
        await console.ReadToAsync(Prompt);

        Assert.Equal(State.Paused, (await machines.PauseAsync(new PauseRequest { Name = Name })).State);
        double paused = await ExitsAsync(machines);
        await console.TypeAsync("in 61f\n");
        Event[] first = await EventsAsync(machines, after: 3, count: 1);
        Assert.Equal(paused, await ExitsAsync(machines));
        Assert.Equal(State.Running, (await machines.ResumeAsync(new ResumeRequest { Name = Name })).State);
        Assert.Equal("in 61f\nff\n> ", await console.ReadToAsync("\n> "));

        ResetRequest reset = new() { Name = Name, RequestId = "reset-1" };
        Machine anew = await machines.ResetAsync(reset);
        Machine again = await machines.ResetAsync(reset);
        await console.ReadToAsync(Prompt);
        Assert.Equal((State.Running, 1L, 1L), (anew.State, anew.Resets, anew.Runs));
        Assert.Equal(anew, again);
        Assert.Equal(1, (await machines.GetAsync(new GetRequest { Name = Name })).Resets);

        Event[] second = await EventsAsync(machines, first[^1].Sequence, count: 2);
        Assert.Equal([(4UL, Kind.Paused), (5UL, Kind.Resumed), (6UL, Kind.Reset)], first.Concat(second).Select(one => (one.Sequence, one.Kind)));
    }

    [KvmFact]
    public async Task Wait_ForATd_HasItsExitCodeWhenItPowersOff()
    {
        Machines.MachinesClient machines = await StartAsync();
        using TestConsole console = await ConsoleAsync(machines);
        await console.ReadToAsync(Prompt);
        Task<Machine> wait = machines.WaitAsync(new WaitRequest { Name = Name }, cancellationToken: Cancellation).ResponseAsync;
        await machines.GetAsync(new GetRequest { Name = Name });
        Assert.False(wait.IsCompleted);

        await console.TypeAsync("quit\n");

        Machine ended = await wait;
        Assert.Equal((State.Ended, 0), (ended.State, ended.Exit.Code));
    }

    [KvmFact]
    public async Task Console_WithAWindow_DeviceKnowsItsSizeAlsoInTheNextLife()
    {
        await _daemon.StartAsync();
        Machines.MachinesClient machines = _daemon.Machines;
        CreateRequest create = _daemon.Definition(Name);
        create.Definition.Config = """{ "devices": [ { "type": "virtio-console", "name": "hvc", "options": { "stream": "console" } } ] }""";
        await machines.CreateAsync(create);
        await machines.StartAsync(new StartRequest { Name = Name });
        Assert.Equal((0, 0), await SizeAsync(machines));

        using AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> console = machines.Console(cancellationToken: Cancellation);
        await console.RequestStream.WriteAsync(new ConsoleInput { Name = Name, Size = new WindowSize { Columns = 100, Rows = 40 } }, Cancellation);
        await UntilAsync(async () => await SizeAsync(machines) == (100, 40));
        await console.RequestStream.WriteAsync(new ConsoleInput { Size = new WindowSize { Columns = 0, Rows = 7 } }, Cancellation); // no window has it
        await console.RequestStream.WriteAsync(new ConsoleInput { Size = new WindowSize { Columns = uint.MaxValue, Rows = 50 } }, Cancellation);
        await UntilAsync(async () => await SizeAsync(machines) == (ushort.MaxValue, 50));
        await machines.ResetAsync(new ResetRequest { Name = Name });

        Assert.Equal((ushort.MaxValue, 50), await SizeAsync(machines));
    }

    [KvmFact]
    public async Task Metrics_OverHttp_AreThoseOfTheDaemonAndOfEveryTdAndNothingElse()
    {
        string socket = Path.Combine(Path.GetDirectoryName(_daemon.Socket)!, "metrics.sock");
        Machines.MachinesClient machines = await StartAsync("--metrics", $"unix://{socket}");
        await UntilAsync(async () => await ExitsAsync(machines) > 0);
        using HttpClient http = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => new System.Net.Sockets.NetworkStream(await ConnectAsync(socket, cancellation), ownsSocket: true),
        })
        {
            BaseAddress = new Uri("http://metrics"),
        };

        using HttpResponseMessage answer = await http.GetAsync("/metrics", Cancellation);
        string text = await answer.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("\nvmm_machines{state=\"running\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"\nvmm_guest_memory_bytes{{machine=\"{Name}\"}} {16 << 20}\n", text, StringComparison.Ordinal);
        Assert.InRange(ExitsIn(text), 1, double.MaxValue);
        Assert.All(
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).GroupBy(line => line, StringComparer.Ordinal),
            family => Assert.Single(family)); // what Prometheus asks of the format
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync("/", Cancellation)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.PostAsync("/metrics", content: null, Cancellation)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.PostAsync("/vmm.v1.Machines/List", new ByteArrayContent(new byte[5]), Cancellation)).StatusCode);
    }

    private static async Task<System.Net.Sockets.Socket> ConnectAsync(string path, CancellationToken cancellation)
    {
        System.Net.Sockets.Socket socket = new(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path), cancellation);
        return socket;
    }

    private static async Task<TestConsole> ConsoleAsync(Machines.MachinesClient machines)
    {
        AsyncDuplexStreamingCall<ConsoleInput, ConsoleOutput> call = machines.Console(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new ConsoleInput { Name = Name, ScrollBack = 4096 }, Cancellation);
        return new TestConsole(call);
    }

    private static async Task<(long Columns, long Rows)> SizeAsync(Machines.MachinesClient machines)
    {
        DeviceState console = (await machines.ListDevicesAsync(new ListDevicesRequest { Name = Name })).Devices.Single(device => device.Name == "hvc");
        return (console.Metrics["columns"], console.Metrics["rows"]);
    }

    private static async Task<string> InAsync(TestConsole console, string port)
    {
        await console.TypeAsync($"in {port}\n");
        await console.ReadToAsync($"in {port}\n");
        return (await console.ReadToAsync("\n> "))[..2];
    }

    private static async Task<Event[]> EventsAsync(Machines.MachinesClient machines, ulong after, int count)
    {
        using AsyncServerStreamingCall<Event> watch = machines.Watch(new WatchRequest { Name = Name, After = after }, cancellationToken: Cancellation);
        return await watch.ResponseStream.ReadAllAsync(Cancellation).Take(count).ToArrayAsync(Cancellation);
    }

    private static async Task<double> ExitsAsync(Machines.MachinesClient machines) => ExitsIn((await machines.MetricsAsync(new MetricsRequest { Name = Name })).Text);

    private static double ExitsIn(string metrics) => metrics
        .Split('\n')
        .Where(line => line.StartsWith($"vmm_exits_total{{machine=\"{Name}\"", StringComparison.Ordinal))
        .Sum(line => double.Parse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(1, Cancellation);
        }
    }

    private static Task RefusedAsync(ControlReason reason, Func<Task> call) => MachinesServiceTests.RefusesAsync(reason, call);

    /// <summary>A daemon with the TD running; its events 1 to 3 are created, starting and running.</summary>
    private async Task<Machines.MachinesClient> StartAsync(params string[] options)
    {
        await _daemon.StartAsync(options);
        Machines.MachinesClient machines = _daemon.Machines;
        await machines.CreateAsync(_daemon.Definition(Name, RealDaemon.Monitor));
        await machines.StartAsync(new StartRequest { Name = Name });
        return machines;
    }
}

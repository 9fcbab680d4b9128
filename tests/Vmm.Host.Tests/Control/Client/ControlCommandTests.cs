using Vmm.Host.Cli;
using Vmm.Host.Control.Api;
using Vmm.Host.Errors;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control.Client;

public sealed class ControlCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private FakeDaemon? _daemon;

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string[] ErrorLines => _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public async ValueTask InitializeAsync() => _daemon = await FakeDaemon.StartAsync();

    public ValueTask DisposeAsync() => _daemon!.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Create_FileAndOptions_AreHandedOnForTheDaemonToCheck()
    {
        string file = _folder.Write("td.json", """{ "kernel": "kernel" } // with a comment""");

        Assert.Equal(0, await VmmAsync("create", file, "--name", "web", "--memory", "1G", "--initrd", "initrd", "--device", "virtio-rng", "--restart", "on-failure:5", "--start"));

        Assert.Equal(["web"], Lines);
        CreateRequest request = _daemon!.Requests.OfType<CreateRequest>().Single();
        Assert.Equal("""{ "kernel": "kernel" } // with a comment""", request.Definition.Config);
        Assert.Equal(_folder.Path, request.Definition.Folder);
        Assert.Equal("1G", request.Definition.Options["memory"]);
        Assert.Equal(Path.GetFullPath("initrd"), request.Definition.Options["initrd"]);
        Assert.Equal(["virtio-rng"], request.Definition.Devices);
        Assert.Equal((RestartPolicy.Types.Mode.OnFailure, 5U), (request.Restart.Mode, request.Restart.MaxRetries));
        Assert.NotEmpty(request.RequestId);
        Assert.Equal(State.Running, _daemon.All["web"].State);
    }

    [Theory]
    [InlineData("start", "Running")]
    [InlineData("pause", "Paused")]
    [InlineData("resume", "Running")]
    [InlineData("reset", "Running")]
    [InlineData("stop", "Ended")]
    [InlineData("kill", "Ended")]
    public async Task Verb_TwoMachinesAndOneThatIsNot_IsDoneWithTheTwo(string verb, string expected)
    {
        Add("a", State.Created);
        Add("c", State.Created);

        Assert.Equal((int)ExitCode.No, await VmmAsync(verb, "a", "b", "c"));

        Assert.Equal(["a", "c"], Lines);
        Assert.Equal(["vmm: there is no machine named \"b\""], ErrorLines);
        Assert.All(_daemon!.All.Values, machine => Assert.Equal(expected, machine.State.ToString()));
    }

    [Fact]
    public async Task Stop_NoKill_SaysThatTheGuestGoesOn()
    {
        Add("a", State.Running);

        Assert.Equal((int)ExitCode.TimedOut, await VmmAsync("stop", "--no-kill", "-t", "3", "a"));

        Assert.Equal(["vmm: a: the guest did not power off within 3 s"], ErrorLines);
    }

    [Fact]
    public async Task Events_OfAMistypedMachine_SaysSoInsteadOfWaiting()
    {
        Add("web", State.Running);

        Assert.Equal((int)ExitCode.No, await VmmAsync("events", "wbe"));

        Assert.Equal(["vmm: there is no machine named \"wbe\""], ErrorLines);
    }

    [Fact]
    public async Task Remove_Machine_IsGone()
    {
        Add("a", State.Ended);

        Assert.Equal(0, await VmmAsync("rm", "a"));

        Assert.Empty(_daemon!.All);
    }

    [Fact]
    public async Task Ps_ManyPages_ListsAll()
    {
        Array.ForEach(["a", "b", "c"], name => Add(name, State.Created));

        Assert.Equal(0, await VmmAsync("ps", "-q"));
        Assert.Equal(["a", "b", "c"], Lines);
    }

    [Fact]
    public async Task Ps_Filter_ListsWhatFits()
    {
        Add("db", State.Running);
        Add("web1", State.Running);
        Add("web2", State.Ended);

        Assert.Equal(0, await VmmAsync("ps", "-q", "--filter", "state=running", "--filter", "name=web"));
        Assert.Equal(["web1"], Lines);
    }

    [Fact]
    public async Task Ps_Table_HasHeadingsAndAligned()
    {
        Add("a", State.Paused);

        Assert.Equal(0, await VmmAsync("ps"));

        Assert.StartsWith("NAME   STATUS", Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("a      paused", Lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--filter: there is no state \"runing\"; did you mean \"running\"?", "ps", "--filter", "state=runing")]
    [InlineData("--filter: expected state=STATE or name=PREFIX, found \"x\"", "ps", "--filter", "x")]
    [InlineData("--restart: expected never, on-failure[:N] or always[:N], found \"sometimes\"", "create", "--restart", "sometimes")]
    [InlineData("--detach-keys: expected keys such as ctrl-a,d, found \"alt-x\"", "console", "a", "--detach-keys", "alt-x")]
    [InlineData("--filter: there is no topic \"mmoi\"", "trace", "a", "--filter", "mmoi")]
    [InlineData("one of FROM and TO is a machine", "cp-policy", "a:", "b:")]
    public async Task Vmm_UsageMistake_OneLineAndCode64(string expected, params string[] arguments)
    {
        Assert.Equal((int)ExitCode.Usage, await VmmAsync(arguments));

        Assert.Contains(expected, Assert.Single(ErrorLines), StringComparison.Ordinal);
        Assert.Empty(_daemon!.All);
    }

    [Fact]
    public async Task Inspect_Machine_IsJson()
    {
        Add("a", State.Paused);

        Assert.Equal(0, await VmmAsync("inspect", "a"));

        using var json = System.Text.Json.JsonDocument.Parse(_output.ToString());
        Assert.Equal("a", json.RootElement[0].GetProperty("name").GetString());
        Assert.Equal("STATE_PAUSED", json.RootElement[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Wait_EndedMachine_PrintsItsCode()
    {
        Add("a", State.Ended);
        _daemon!.All["a"].Exit = new Exit { Code = 42 };

        Assert.Equal(0, await VmmAsync("wait", "a"));
        Assert.Equal(["42"], Lines);
    }

    [Fact]
    public async Task Events_After_AsksForThePast()
    {
        Assert.Equal(0, await VmmAsync("events", "--after", "7"));

        Assert.Equal(["1970-01-01T00:00:00.000Z       8  web  ended (3): it was time"], Lines);
        Assert.True(_daemon!.Requests.OfType<WatchRequest>().Single().HasAfter);
    }

    [Fact]
    public async Task CopyPolicy_InAndOut_IsTheSame()
    {
        Add("a", State.Running);
        string policy = _folder.Write("policy.json", """{ "msr": [] }""");
        string copy = Path.Combine(_folder.Path, "copy.json");

        Assert.Equal(0, await VmmAsync("cp-policy", policy, "a:"));
        Assert.Equal(0, await VmmAsync("cp-policy", "a:", copy));

        Assert.Equal("""{ "msr": [] }""", (await File.ReadAllTextAsync(copy, TestContext.Current.CancellationToken)).Trim());
    }

    [Fact]
    public async Task Top_Once_ShowsRates()
    {
        Assert.Equal(0, await VmmAsync("top", "--once", "--interval", "0.1"));

        Assert.Equal("web", Lines[1].Split(' ')[0]);
        Assert.Contains("512 MiB", Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verb_NoDaemon_OneLineThatSaysWhatToDo()
    {
        string nowhere = Path.Combine(_folder.Path, "nowhere.sock");

        Assert.Equal((int)ExitCode.HostCannot, await Task.Run(() => new CommandLine(new FakeRunner(), _output, _errors).Run(["ps", "--host", nowhere])));

        Assert.Equal([$"vmm: unix://{nowhere}: no daemon is running; start one with 'vmm serve'"], ErrorLines);
    }

    private void Add(string name, State state) => _daemon!.All[name] = new Machine { Name = name, State = state };

    private Task<int> VmmAsync(params string[] arguments) =>
        Task.Run(() => new CommandLine(new FakeRunner(), _output, _errors).Run([.. arguments, "--host", _daemon!.Socket]));
}

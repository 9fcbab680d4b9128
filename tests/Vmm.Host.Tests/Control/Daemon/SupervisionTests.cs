using System.Globalization;
using Vmm.Core.Testing;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Errors;
using static Vmm.Host.Control.Api.Event.Types;
using Mode = Vmm.Host.Control.Api.RestartPolicy.Types.Mode;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>Lives of machines, with processes that end in many ways.</summary>
public sealed class SupervisionTests : IAsyncDisposable
{
    private readonly SupervisorBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Start_Machine_ReturnsWhenTheGuestRuns()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay"));
        Assert.Equal(State.Created, machine.Describe().State);

        Machine running = await machine.StartAsync(CancellationToken.None);

        Assert.Equal(State.Running, running.State);
        Assert.Equal(1, running.Runs);
        Assert.True(Directory.Exists($"/proc/{running.Pid}"));
        Assert.Equal([Kind.Created, Kind.Starting, Kind.Running], (await _bench.EventsUntilAsync(one => one.Kind == Kind.Running)).Select(one => one.Kind));
    }

    [Fact]
    public async Task Start_RunningMachine_DoesNothing()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay"));
        Machine first = await machine.StartAsync(CancellationToken.None);

        Assert.Equal(first, await machine.StartAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Start_ProcessThatRefuses_FailsWithItsLine()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "refuse", Mode.Always));

        ControlException refusal = await Assert.ThrowsAsync<ControlException>(() => machine.StartAsync(CancellationToken.None));

        Assert.Equal(ControlReason.RunFailed, refusal.Reason);
        Assert.Equal("kernel: no such file", refusal.Message);
        Assert.Equal((State.Ended, 66), (machine.Describe().State, machine.Describe().Exit.Code));
    }

    [Fact]
    public async Task Process_Ends_ItsOwnWordsAreTheReason()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "fail"));
        await machine.StartAsync(CancellationToken.None);

        Event end = (await _bench.EventsUntilAsync(one => one.Kind == Kind.Ended))[^1];

        Assert.Equal((81, "the guest crashed"), (end.ExitCode, end.Detail));
        await Eventually.True(() => machine.Describe().State == State.Ended);
        Assert.Equal((81, "the guest crashed"), (machine.Describe().Exit.Code, machine.Describe().Exit.Reason));
    }

    [Fact]
    public async Task Process_IsKilled_TheSignalIsTheReason()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay"));
        Kill((await machine.StartAsync(CancellationToken.None)).Pid);

        Event end = (await _bench.EventsUntilAsync(one => one.Kind == Kind.Ended))[^1];

        Assert.Equal((137, "the process was ended by signal 9 (SIGKILL)"), (end.ExitCode, end.Detail));
    }

    [Fact]
    public async Task Kill_Machine_EndsInOrder()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay", Mode.Always));
        await machine.StartAsync(CancellationToken.None);

        Machine ended = await machine.KillAsync(CancellationToken.None);

        Assert.Equal((State.Ended, 143, "ended by SIGTERM"), (ended.State, ended.Exit.Code, ended.Exit.Reason));
    }

    [Fact]
    public async Task Kill_ProcessThatIgnoresSigterm_IsKilled()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "deaf", Mode.Always));
        await machine.StartAsync(CancellationToken.None);

        Machine ended = await machine.KillAsync(CancellationToken.None);

        Assert.Equal((State.Ended, 137), (ended.State, ended.Exit.Code));
    }

    [Fact]
    public async Task Kill_WhileStarting_EndsTheStart()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "hang"));
        Task<Machine> start = machine.StartAsync(CancellationToken.None);

        await machine.KillAsync(CancellationToken.None);

        Assert.Equal(ControlReason.RunFailed, (await Assert.ThrowsAsync<ControlException>(() => start)).Reason);
    }

    [Fact]
    public async Task Pause_ByTheProcess_IsSeen()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay"));
        await machine.StartAsync(CancellationToken.None);
        await File.WriteAllTextAsync(_bench.RunFile("a", "pause"), "");

        await _bench.EventsUntilAsync(one => one.Kind == Kind.Paused);

        Assert.Equal(State.Paused, machine.Describe().State);
    }

    [Fact]
    public async Task Delete_RunningMachine_OnlyByForce()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay"));
        int pid = (await machine.StartAsync(CancellationToken.None)).Pid;

        ControlException refusal = await Assert.ThrowsAsync<ControlException>(() => _bench.Machines.DeleteAsync("a", force: false, CancellationToken.None));
        await _bench.Machines.DeleteAsync("a", force: true, CancellationToken.None);

        Assert.Equal(ControlReason.WrongState, refusal.Reason);
        Assert.Null(ProcessIdentity.Of(pid));
        Assert.Empty(_bench.Machines.All);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_bench.StatePath, "machines")));
        Assert.Equal(Kind.Deleted, (await _bench.EventsUntilAsync(one => one.Kind == Kind.Deleted))[^1].Kind);
    }

    [Fact]
    public async Task DaemonKilled_FiveMachines_AllGoOnAndAreFound()
    {
        string[] names = ["a", "b", "c", "d", "e"];
        Dictionary<string, int> pids = [];
        foreach (string name in names)
        {
            pids[name] = (await _bench.Machines.Create(SupervisorBench.Definition(name, "stay")).StartAsync(CancellationToken.None)).Pid;
        }

        List<Event> before = await _bench.EventsUntilAsync(one => one is { Kind: Kind.Running, Machine: "e" });
        await _bench.KillAndBeginAsync();

        Assert.All(names, name => Assert.Equal((State.Running, pids[name]), (_bench.Machines[name].Describe().State, _bench.Machines[name].Describe().Pid)));
        await _bench.Machines["a"].KillAsync(CancellationToken.None);
        List<Event> after = await _bench.EventsUntilAsync(one => one.Kind == Kind.Ended, before[^1].Sequence);
        Assert.Equal(Enumerable.Range(1, before.Count + after.Count).Select(number => (ulong)number), before.Concat(after).Select(one => one.Sequence));
        Assert.Equal((Kind.Ended, "a", "ended by SIGTERM"), (after[^1].Kind, after[^1].Machine, after[^1].Detail));
    }

    [Fact]
    public async Task DaemonAway_WhatHappensMeanwhile_IsToldByTheNext()
    {
        int ending = (await _bench.Machines.Create(SupervisorBench.Definition("ends", "stay")).StartAsync(CancellationToken.None)).Pid;
        int killed = (await _bench.Machines.Create(SupervisorBench.Definition("killed", "stay")).StartAsync(CancellationToken.None)).Pid;
        await _bench.Machines.Create(SupervisorBench.Definition("paused", "stay")).StartAsync(CancellationToken.None);
        ulong seen = (await _bench.EventsUntilAsync(one => one is { Machine: "paused", Kind: Kind.Running }))[^1].Sequence;
        await _bench.EndAsync();

        await File.WriteAllTextAsync(_bench.RunFile("paused", "pause"), "");
        Terminate(ending);
        Kill(killed);
        await Eventually.True(() => ProcessIdentity.Of(ending) is null && ProcessIdentity.Of(killed) is null && !File.Exists(_bench.RunFile("paused", "pause")));
        await Eventually.True(() => File.ReadAllText(_bench.RunFile("paused", "events.jsonl")).Contains("PAUSED", StringComparison.Ordinal));
        _bench.Begin();

        List<Event> told = await _bench.EventsUntilAsync(one => one.Machine == "paused", seen);
        Assert.Equal(["ends", "killed", "paused"], told.Select(one => one.Machine));
        Assert.Equal([Kind.Ended, Kind.Ended, Kind.Paused], told.Select(one => one.Kind));
        Assert.Equal(143, told[0].ExitCode);
        Assert.Contains("killed", told[1].Detail, StringComparison.Ordinal);
        Assert.Equal(State.Paused, _bench.Machines["paused"].Describe().State);
    }

    [Fact]
    public async Task DaemonKilled_BeforeItWroteTheProcessDown_ItIsFoundByItsReport()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay"));
        string state = Path.Combine(_bench.StatePath, "machines", "a", "state.json");
        string before = await File.ReadAllTextAsync(state);
        int pid = (await machine.StartAsync(CancellationToken.None)).Pid;
        await _bench.EndAsync();
        await File.WriteAllTextAsync(state, before);

        _bench.Begin();

        Assert.Equal((State.Running, pid), (_bench.Machines["a"].Describe().State, _bench.Machines["a"].Describe().Pid));
    }

    [Theory]
    [InlineData("definition.json", "")]
    [InlineData("definition.json", "{ \"name\": \"bad\", \"defin")]
    [InlineData("definition.json", "{ \"name\": \"other\" }")]
    [InlineData("state.json", "\u0001\u0002 garbage")]
    [InlineData("state.json", "[]")]
    [InlineData("state.json", "{ \"state\": \"STATE_FLYING\" }")]
    public async Task StateFolder_OneMachineDamaged_ItIsBrokenAndTheOthersAreServed(string file, string content)
    {
        _bench.Machines.Create(SupervisorBench.Definition("bad", "stay"));
        int pid = (await _bench.Machines.Create(SupervisorBench.Definition("good", "stay")).StartAsync(CancellationToken.None)).Pid;
        await _bench.EndAsync();
        await File.WriteAllTextAsync(Path.Combine(_bench.StatePath, "machines", "bad", file), content);

        _bench.Begin();

        Machine broken = _bench.Machines["bad"].Describe();
        Assert.Equal(State.Broken, broken.State);
        Assert.Contains(file, broken.Problem, StringComparison.Ordinal);
        Assert.Equal((State.Running, pid), (_bench.Machines["good"].Describe().State, _bench.Machines["good"].Describe().Pid));
        Assert.Equal("bad", (await _bench.EventsUntilAsync(one => one.Kind == Kind.Broken))[^1].Machine);
        ControlException refusal = await Assert.ThrowsAsync<ControlException>(() => _bench.Machines["bad"].StartAsync(CancellationToken.None));
        Assert.Equal(ControlReason.WrongState, refusal.Reason);
        await _bench.Machines.DeleteAsync("bad", force: false, CancellationToken.None);
        Assert.Equal(["good"], _bench.Machines.All.Select(machine => machine.Name));
    }

    [Theory]
    [InlineData("", "-a")]
    [InlineData("", "a/b")]
    [InlineData("", "..")]
    [InlineData("", "ä")]
    [InlineData("no-such-key", "a")]
    [InlineData("cpus", "a")]
    public void Create_BadNameOrDefinition_IsRefused(string option, string name)
    {
        CreateRequest request = SupervisorBench.Definition(name, "stay");
        if (option.Length > 0)
        {
            request.Definition.Options[option] = "x";
        }

        ControlException refusal = Assert.Throws<ControlException>(() => _bench.Machines.Create(request));

        Assert.Equal(option.Length > 0 ? ControlReason.BadDefinition : ControlReason.BadName, refusal.Reason);
        Assert.Empty(_bench.Machines.All);
    }

    [Fact]
    public void Create_SameNameAgain_OnlyTheSameRequestIsAnswered()
    {
        CreateRequest request = SupervisorBench.Definition("a", "stay");
        request.RequestId = "one";
        ManagedMachine first = _bench.Machines.Create(request);

        Assert.Same(first, _bench.Machines.Create(request));
        request.RequestId = "two";
        Assert.Equal(ControlReason.NameTaken, Assert.Throws<ControlException>(() => _bench.Machines.Create(request)).Reason);
    }

    private static void Kill(int pid) => Send(pid, 9);

    private static void Terminate(int pid) => Send(pid, 15);

    private static void Send(int pid, int signal)
    {
        using System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}

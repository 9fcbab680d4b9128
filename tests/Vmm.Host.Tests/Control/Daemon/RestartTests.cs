using Vmm.Core.Testing;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Supervision;
using static Vmm.Host.Control.Api.Event.Types;
using Mode = Vmm.Host.Control.Api.RestartPolicy.Types.Mode;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>Restart policies; the clock moves when the test says so.</summary>
public sealed class RestartTests : IAsyncDisposable
{
    private readonly FakeTime _clock = new(DateTimeOffset.UtcNow);
    private readonly SupervisorBench _bench;

    public RestartTests() => _bench = new SupervisorBench(_clock);

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(nameof(Mode.Unspecified), 81, null)]
    [InlineData(nameof(Mode.Never), 81, null)]
    [InlineData(nameof(Mode.OnFailure), 0, null)]
    [InlineData(nameof(Mode.OnFailure), 81, 1)]
    [InlineData(nameof(Mode.Always), 0, 1)]
    [InlineData(nameof(Mode.Always), 81, 1)]
    public void Backoff_FirstEnd_IsAsThePolicySays(string mode, int code, int? seconds) =>
        Assert.Equal(seconds, (int?)RestartBackoff.DelayAfter(new RestartPolicy { Mode = Enum.Parse<Mode>(mode) }, code, shortRuns: 1)?.TotalSeconds);

    [Fact]
    public void Backoff_ShortRunsInARow_DoublesUpToAMinute() => Assert.Equal(
        [1, 1, 2, 4, 8, 16, 32, 60, 60, 60],
        new uint[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, uint.MaxValue }
            .Select(runs => (int)RestartBackoff.DelayAfter(new RestartPolicy { Mode = Mode.Always }, 0, runs)!.Value.TotalSeconds));

    [Fact]
    public void Backoff_MaxRetries_GivesUpAfterThem()
    {
        RestartPolicy policy = new() { Mode = Mode.Always, MaxRetries = 2 };

        Assert.NotNull(RestartBackoff.DelayAfter(policy, 0, 2));
        Assert.Null(RestartBackoff.DelayAfter(policy, 0, 3));
    }

    [Fact]
    public async Task Machine_FailsWithOnFailure_IsStartedAgainUntilTheRetriesAreUsedUp()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "fail", Mode.OnFailure, maxRetries: 2));
        await machine.StartAsync(CancellationToken.None);

        await Eventually.True(() => machine.Describe().State == State.Restarting);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.True(() => machine.Describe() is { State: State.Restarting, Runs: 2 });
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(State.Restarting, machine.Describe().State);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.True(() => machine.Describe() is { State: State.Ended, Runs: 3 });

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((State.Ended, 3), (machine.Describe().State, machine.Describe().Runs));
    }

    [Fact]
    public async Task Machine_LastsTenSeconds_BacksOffFromTheBeginning()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay", Mode.Always, maxRetries: 1));
        for (int run = 1; run <= 3; run++)
        {
            await Eventually.True(() => machine.Describe().State is State.Created or State.Restarting);
            _clock.Advance(TimeSpan.FromSeconds(1));
            int pid = (await machine.StartAsync(CancellationToken.None)).Pid;
            _clock.Advance(RestartBackoff.LongEnough);
            machine.CurrentRun!.Process.Signal(9);
            await Eventually.True(() => ProcessIdentity.Of(pid) is null);
        }

        await Eventually.True(() => machine.Describe().State == State.Restarting);
    }

    [Fact]
    public async Task Machine_EndWasAskedFor_IsNotStartedAgain()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay", Mode.Always));
        await machine.StartAsync(CancellationToken.None);

        Assert.Equal(State.Ended, (await machine.KillAsync(CancellationToken.None)).State);

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, machine.Describe().Runs);
    }

    [Fact]
    public async Task Machine_EndedInOrderFromOutside_IsNotStartedAgain()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay", Mode.Always));
        await machine.StartAsync(CancellationToken.None);

        machine.CurrentRun!.Process.Signal(15);

        await Eventually.True(() => machine.Describe().State == State.Ended);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((State.Ended, 1), (machine.Describe().State, machine.Describe().Runs));
    }

    [Fact]
    public async Task Kill_WhileWaitingForTheNextStart_CallsItOff()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "fail", Mode.Always));
        await machine.StartAsync(CancellationToken.None);
        await Eventually.True(() => machine.Describe().State == State.Restarting);

        Assert.Equal(State.Ended, (await machine.KillAsync(CancellationToken.None)).State);

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, machine.Describe().Runs);
    }

    [Fact]
    public async Task DaemonKilled_WhileWaitingForTheNextStart_TheNextDaemonStartsIt()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "fail", Mode.Always));
        await machine.StartAsync(CancellationToken.None);
        await Eventually.True(() => machine.Describe().State == State.Restarting);
        await _bench.KillAndBeginAsync();
        Assert.Equal(State.Restarting, _bench.Machines["a"].Describe().State);

        _clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.True(() => _bench.Machines["a"].Describe().Runs == 2);
        Assert.Contains(await _bench.EventsUntilAsync(one => one.Kind == Kind.Restarting), one => one.Detail == "in 1 s");
    }

    [Fact]
    public async Task MachineGone_WhileTheDaemonWasAway_IsStartedAgain()
    {
        ManagedMachine machine = _bench.Machines.Create(SupervisorBench.Definition("a", "stay", Mode.OnFailure));
        await machine.StartAsync(CancellationToken.None);
        SupervisedProcess process = machine.CurrentRun!.Process;
        await _bench.EndAsync();
        using (System.Diagnostics.Process kill = System.Diagnostics.Process.Start("kill", ["-9", $"{process.Identity.Pid}"]))
        {
            await kill.WaitForExitAsync();
        }

        await Eventually.True(() => ProcessIdentity.Of(process.Identity.Pid) is null);
        _bench.Begin();

        Assert.Equal(State.Restarting, _bench.Machines["a"].Describe().State);
    }
}

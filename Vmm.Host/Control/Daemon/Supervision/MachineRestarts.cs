using Google.Protobuf.WellKnownTypes;
using Vmm.Host.Control.Api;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>When a machine is started again after a run, as its restart policy says. The lock of the machine is over it.</summary>
/// <param name="record">The machine's record.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="start">Is called on another thread when it is time.</param>
internal sealed class MachineRestarts(MachineRecord record, TimeProvider clock, Action start)
{
    private ITimer? _timer;

    /// <summary>Whether a start is waited for: one that was called off meanwhile is not.</summary>
    public bool IsWaiting => _timer is not null && record.State.State == State.Restarting;

    /// <summary>After a run: decides whether there is another, and when.</summary>
    public void Consider()
    {
        if (record.State.EndWanted || RestartBackoff.DelayAfter(record.Definition.Restart, record.State.Exit.Code, record.State.ShortRuns) is not { } delay)
        {
            return;
        }

        record.State.State = State.Restarting;
        record.State.RestartAt = Timestamp.FromDateTimeOffset(clock.GetUtcNow() + delay);
        record.Tell(Kind.Restarting, $"in {delay.TotalSeconds:0} s");
        StartIn(delay);
    }

    /// <summary>Goes on waiting for what a daemon before this one decided.</summary>
    public void GoOn() => StartIn(record.State.RestartAt.ToDateTimeOffset() - clock.GetUtcNow());

    /// <summary>There is no start, or none by policy any more.</summary>
    public void Cancel()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private void StartIn(TimeSpan delay) => _timer = clock.CreateTimer(_ => start(), state: null, delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
}

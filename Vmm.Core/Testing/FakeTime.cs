namespace Vmm.Core.Testing;

/// <summary>A clock that stands until it is moved, forwards or backwards. Timers fire on the thread that moves it.</summary>
/// <param name="now">Where it starts.</param>
public sealed class FakeTime(DateTimeOffset now) : TimeProvider
{
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = now;

    /// <summary>A clock shortly before the end of a year.</summary>
    public FakeTime()
        : this(new DateTimeOffset(2031, 12, 30, 23, 58, 57, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _now;

    /// <inheritdoc/>
    public override long GetTimestamp() => _now.UtcTicks;

    /// <summary>Moves the clock; the timers that are due on the way fire in their order.</summary>
    public void Advance(TimeSpan step)
    {
        DateTimeOffset end = _now + step;
        while (Next(end) is { } timer)
        {
            _now = timer.Due > _now ? timer.Due : _now;
            timer.Fire();
        }

        _now = end;
    }

    /// <summary>Moves the clock at once, as after the host slept: a timer that is due several times fires once.</summary>
    public void Jump(TimeSpan step)
    {
        _now += step;
        FakeTimer[] due;
        lock (_timers)
        {
            due = [.. _timers.Where(timer => timer.Due <= _now)];
        }

        foreach (FakeTimer timer in due)
        {
            timer.Fire();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_timers)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    private FakeTimer? Next(DateTimeOffset end)
    {
        lock (_timers)
        {
            FakeTimer? next = null;
            foreach (FakeTimer timer in _timers)
            {
                next = timer.Due <= end && (next is null || timer.Due < next.Due) ? timer : next;
            }

            return next;
        }
    }

    private sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : time._now + dueTime;
            _period = period;
            return true;
        }

        public void Fire()
        {
            // A timer that was missed is not paid back.
            Due = _period == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : (Due + _period > time._now ? Due : time._now) + _period;
            callback(state);
        }

        public void Dispose()
        {
            lock (time._timers)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

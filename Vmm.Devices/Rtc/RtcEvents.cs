namespace Vmm.Devices.Rtc;

/// <summary>Update, alarm and periodic events: the flags of register C, found from the time that has passed since they were last looked at.</summary>
/// <param name="start">Time from which on events count.</param>
internal sealed class RtcEvents(DateTime start)
{
    /// <summary>RS3:0 after power-on of a PC.</summary>
    public const int Rate1024Hz = 6;

    private const int CrystalHz = 32768;
    private const RtcRegisterC Flags = RtcRegisterC.Update | RtcRegisterC.Alarm | RtcRegisterC.Periodic;

    // The resolution of host timers. Faster periodic events are flagged all the same; they interrupt once in this time.
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    private DateTime _seen = start;
    private RtcRegisterC _flags;

    /// <summary>What has happened and was not read yet.</summary>
    public RtcRegisterC Pending => _flags;

    /// <summary>Takes up what had happened elsewhere, and counts from now on.</summary>
    public void Restore(DateTime now, RtcRegisterC pending) => (_seen, _flags) = (now, pending & Flags);

    /// <summary>Forgets what lies between now and a time the guest has set.</summary>
    public void Restart(DateTime now) => _seen = now;

    /// <summary>Flags what has happened until <paramref name="now"/>. A clock that ran backwards has made nothing happen.</summary>
    public void Advance(DateTime now, RtcRegisterA a, bool running, RtcAlarm alarm)
    {
        DateTime last = _seen;
        _seen = now;
        if (!running || now <= last)
        {
            return;
        }

        if (now.Ticks / TimeSpan.TicksPerSecond != last.Ticks / TimeSpan.TicksPerSecond)
        {
            _flags |= RtcRegisterC.Update;
        }

        if (PeriodTicks(a) is { } period && (now.Date != last.Date || Periods(now, period) != Periods(last, period)))
        {
            _flags |= RtcRegisterC.Periodic;
        }

        if (alarm.Next(last) <= now)
        {
            _flags |= RtcRegisterC.Alarm;
        }
    }

    public bool InterruptRequested(RtcRegisterB b) => ((byte)_flags & (byte)b & (byte)Flags) != 0;

    /// <summary>Register C; reading clears it.</summary>
    public RtcRegisterC ReadFlags(RtcRegisterB b)
    {
        RtcRegisterC flags = _flags | (InterruptRequested(b) ? RtcRegisterC.InterruptRequest : 0);
        _flags = RtcRegisterC.None;
        return flags;
    }

    /// <summary>Time until the next event that interrupts; infinite if none does.</summary>
    public static TimeSpan UntilNext(DateTime now, RtcRegisterA a, RtcRegisterB b, RtcAlarm alarm)
    {
        TimeSpan next = TimeSpan.MaxValue;
        if ((b & RtcRegisterB.UpdateInterrupt) != 0)
        {
            next = TimeSpan.FromTicks(TimeSpan.TicksPerSecond - (now.Ticks % TimeSpan.TicksPerSecond));
        }

        if ((b & RtcRegisterB.AlarmInterrupt) != 0 && alarm.Next(now) is { } time && time - now < next)
        {
            next = time - now;
        }

        if ((b & RtcRegisterB.PeriodicInterrupt) != 0 && PeriodTicks(a) is { } period)
        {
            long end = ((Periods(now, period) + 1) * period / CrystalHz) + 1;
            next = TimeSpan.FromTicks(Math.Min(next.Ticks, end - now.TimeOfDay.Ticks));
        }

        return next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan
            : next < s_shortest ? s_shortest
            : next;
    }

    /// <summary>Ticks in <see cref="CrystalHz"/> periods of the rate: a whole number, which those of one period are not.</summary>
    private static long? PeriodTicks(RtcRegisterA a)
    {
        int rate = (int)(a & RtcRegisterA.RateSelect);
        return rate switch
        {
            0 => null,
            1 or 2 => TimeSpan.TicksPerSecond << (rate + 6), // with a 32,768 Hz crystal, 1 and 2 are 256 Hz and 128 Hz
            _ => TimeSpan.TicksPerSecond << (rate - 1),
        };
    }

    /// <summary>Whole periods since midnight, which is always the start of one.</summary>
    private static long Periods(DateTime time, long period) => time.TimeOfDay.Ticks * CrystalHz / period;
}

using Vmm.Core.Buses;
using Vmm.Core.Interrupts;

namespace Vmm.Devices.Rtc;

/// <summary>The clock and CMOS RAM of a PC. Source: Motorola MC146818 data sheet; the century register is that of the PC.</summary>
/// <remarks>
/// The clock shows UTC. A guest that sets it moves its own clock only. The day of the week follows from the date. The time registers
/// hold still for some milliseconds after a read, because a guest's reads cost more than the 244 µs that the chip promises.
/// </remarks>
[Device("rtc", Summary = "MC146818 real-time clock and CMOS RAM")]
public sealed class CmosRtc : BytePortDevice, IDeviceState<CmosRtcState>, IDisposable
{
    private const int PortCount = 2;
    private const int IndexPort = 0;
    private const byte IndexMask = 0x7F;
    private const byte NmiDisable = 0x80;
    private const int RamSize = 128;

    private static readonly TimeSpan s_hold = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_updateWarning = TimeSpan.FromMicroseconds(244); // t_BUC of the data sheet

    private readonly IInterruptLine _line;
    private readonly RtcClock _clock;
    private readonly RtcEvents _events;
    private readonly ITimer _timer;
    private readonly byte[] _ram = new byte[RamSize];
    private RtcRegisterA _a = RtcRegisterA.Divider32768 | (RtcRegisterA)RtcEvents.Rate1024Hz;
    private RtcRegisterB _b = RtcRegisterB.Hours24;
    private DateTime _latchedAt;
    private byte _index;
    private bool _armed;

    /// <summary>Starts the clock at the host's time.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Ports and interrupt.</param>
    /// <param name="interrupts">Where the interrupt line comes from.</param>
    /// <param name="time">The host's clock and timers.</param>
    public CmosRtc(string name, CmosRtcOptions options, IInterruptController interrupts, TimeProvider time)
        : base(name, new PortRange(options.Port, PortCount, "RTC index and data"))
    {
        _line = interrupts.GetLine(options.Irq);
        _clock = new RtcClock(time);
        _events = new RtcEvents(_clock.Now);
        _timer = time.CreateTimer(static rtc => ((CmosRtc)rtc!).TimerFired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Latch();
    }

    /// <summary>Whether the guest has masked NMI by bit 7 of the index port.</summary>
    public bool NmiDisabled { get; private set; }

    private bool Running => (_b & RtcRegisterB.Set) == 0 && (_a & RtcRegisterA.Divider) == RtcRegisterA.Divider32768;

    private bool IsLatchOld => _clock.Now - _latchedAt is var age && (age > s_hold || age < TimeSpan.Zero);

    private RtcAlarm Alarm => RtcAlarm.Of(_ram, RtcFormat.Of(_b));

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <inheritdoc/>
    /// <remarks>Time, alarm and RAM are kept by the battery: RESET only clears the interrupt enables and flags.</remarks>
    public override void Reset()
    {
        const RtcRegisterB Cleared = RtcRegisterB.PeriodicInterrupt | RtcRegisterB.AlarmInterrupt | RtcRegisterB.UpdateInterrupt | RtcRegisterB.SquareWave;
        WriteControl(_a, _b & ~Cleared);
        _events.ReadFlags(_b);
        NmiDisabled = false;
        UpdateInterrupt();
    }

    /// <inheritdoc/>
    public CmosRtcState SaveState()
    {
        Advance();
        return new(_clock.Offset, _index, NmiDisabled, (byte)_a, (byte)_b, (byte)_events.Pending, IsLatchOld ? null : _clock.Now - _latchedAt, [.. _ram]);
    }

    /// <inheritdoc/>
    public void RestoreState(CmosRtcState state)
    {
        DeviceStateException.ThrowUnless(state.Ram.Count == RamSize, $"{state.Ram.Count} bytes of RAM and not {RamSize}");
        _clock.Offset = state.Offset;
        _index = (byte)(state.Index & IndexMask);
        NmiDisabled = state.NmiDisabled;
        _a = (RtcRegisterA)state.A & ~RtcRegisterA.UpdateInProgress;
        _b = (RtcRegisterB)state.B;
        for (int i = 0; i < RamSize; i++)
        {
            _ram[i] = state.Ram[i];
        }

        _latchedAt = state.TimeAge is { } age && age >= TimeSpan.Zero && age <= s_hold && _clock.Now.Ticks >= age.Ticks ? _clock.Now - age : default;
        _events.Restore(_clock.Now, (RtcRegisterC)state.Flags);
        UpdateInterrupt();
    }

    /// <inheritdoc/>
    protected override byte ReadRegister(int range, int offset) => offset == IndexPort
        ? (byte)(_index | (NmiDisabled ? NmiDisable : 0))
        : (RtcRegister)_index switch
        {
            RtcRegister.A => (byte)ReadA(),
            RtcRegister.B => (byte)_b,
            RtcRegister.C => (byte)ReadC(),
            RtcRegister.D => (byte)RtcRegisterD.ValidRamAndTime,
            _ => ReadRam(),
        };

    /// <inheritdoc/>
    protected override void WriteRegister(int range, int offset, byte value)
    {
        if (offset == IndexPort)
        {
            _index = (byte)(value & IndexMask);
            NmiDisabled = (value & NmiDisable) != 0;
            return;
        }

        switch ((RtcRegister)_index)
        {
            case RtcRegister.A:
                WriteControl((RtcRegisterA)value & ~RtcRegisterA.UpdateInProgress, _b);
                break;
            case RtcRegister.B:
                var b = (RtcRegisterB)value;
                WriteControl(_a, (b & RtcRegisterB.Set) != 0 ? b & ~RtcRegisterB.UpdateInterrupt : b); // SET clears UIE
                break;
            case RtcRegister.C or RtcRegister.D:
                break; // read-only
            default:
                WriteRam(value);
                break;
        }

        UpdateInterrupt();
    }

    private RtcRegisterA ReadA()
    {
        Latch(); // who looks at UIP is about to read the time
        long untilUpdate = TimeSpan.TicksPerSecond - (_clock.Now.Ticks % TimeSpan.TicksPerSecond);
        return Running && untilUpdate <= s_updateWarning.Ticks ? _a | RtcRegisterA.UpdateInProgress : _a;
    }

    private RtcRegisterC ReadC()
    {
        Advance();
        RtcRegisterC flags = _events.ReadFlags(_b);
        UpdateInterrupt();
        return flags;
    }

    private byte ReadRam()
    {
        if (RtcTime.Holds(_index) && IsLatchOld)
        {
            Latch();
        }

        return _ram[_index];
    }

    private void WriteRam(byte value)
    {
        Advance();
        bool isTime = RtcTime.Holds(_index);
        if (isTime)
        {
            Latch();
        }

        _ram[_index] = value;
        if (isTime && Running)
        {
            Adopt();
        }
    }

    private void WriteControl(RtcRegisterA a, RtcRegisterB b)
    {
        Advance();
        Latch();
        bool wasRunning = Running;
        _a = a;
        _b = b;
        if (Running && !wasRunning)
        {
            Adopt();
        }

        Latch(); // perhaps in another format
    }

    /// <summary>Shows the time in the registers, unless the guest has stopped the clock to set it.</summary>
    private void Latch()
    {
        if (Running)
        {
            _latchedAt = _clock.Now;
            RtcTime.Store(_latchedAt, _ram, RtcFormat.Of(_b));
        }
    }

    /// <summary>Goes on from the time in the registers; if they hold none, as if nothing had been written.</summary>
    private void Adopt()
    {
        if (RtcTime.Load(_ram, RtcFormat.Of(_b)) is { } time)
        {
            _clock.Set(time);
            _events.Restart(time);
        }
    }

    private void Advance() => _events.Advance(_clock.Now, _a, Running, Alarm);

    private void TimerFired()
    {
        lock (Gate)
        {
            Advance();
            UpdateInterrupt();
        }
    }

    private void UpdateInterrupt()
    {
        bool asserted = _events.InterruptRequested(_b);
        _line.Drive(asserted);

        // While the line is asserted nothing can happen that the guest would notice: it must read register C first.
        TimeSpan due = asserted || !Running ? Timeout.InfiniteTimeSpan : RtcEvents.UntilNext(_clock.Now, _a, _b, Alarm);
        bool arm = due != Timeout.InfiniteTimeSpan;
        if (arm || _armed)
        {
            _armed = arm;
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }
}

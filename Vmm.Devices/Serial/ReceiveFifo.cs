using Vmm.Core.Buses;

namespace Vmm.Devices.Serial;

/// <summary>The receiver's 16-byte FIFO, or the single RBR while FIFOs are disabled. Every byte carries its line errors.</summary>
internal sealed class ReceiveFifo
{
    /// <summary>Bytes in each FIFO of a 16550A.</summary>
    public const int Depth = 16;

    private readonly byte[] _data = new byte[Depth];
    private readonly LineStatus[] _errors = new LineStatus[Depth];
    private int _first;
    private int _trigger = 1;
    private LineStatus _status; // errors of the byte at the top, plus overrun, until LSR is read

    public bool Enabled { get; private set; }

    public int Count { get; private set; }

    public int Room => (Enabled ? Depth : 1) - Count;

    public bool TriggerReached => Count >= _trigger;

    /// <summary>Fewer bytes than the trigger level. No bit times pass on this line, so that the four idle character times of the time-out are over at once.</summary>
    public bool TimedOut => Enabled && Count > 0 && !TriggerReached;

    public bool ErrorPending => (_status & LineStatus.Errors) != 0;

    public void Configure(bool enabled, int trigger)
    {
        if (enabled != Enabled)
        {
            Clear();
        }

        Enabled = enabled;
        _trigger = enabled ? trigger : 1;
    }

    public void Clear()
    {
        Count = 0;
        _status = LineStatus.None;
    }

    public void Push(byte value, LineStatus errors = LineStatus.None)
    {
        if (Room == 0)
        {
            _status |= LineStatus.OverrunError;
            if (Enabled)
            {
                return; // the FIFO keeps what it has and the shift register is overwritten
            }

            Count = 0; // without FIFOs the new character overwrites RBR
        }

        int last = (_first + Count) % Depth;
        _data[last] = value;
        _errors[last] = errors;
        Count++;
        if (Count == 1)
        {
            RevealErrors();
        }
    }

    public byte Pop()
    {
        if (Count == 0)
        {
            return 0;
        }

        byte value = _data[_first];
        _first = (_first + 1) % Depth;
        Count--;
        RevealErrors();
        return value;
    }

    public ReceiverState Save() => new(
        Enabled,
        _trigger,
        (byte)_status,
        [.. Enumerable.Range(0, Count).Select(i => _data[(_first + i) % Depth])],
        [.. Enumerable.Range(0, Count).Select(i => (byte)_errors[(_first + i) % Depth])]);

    public void Restore(ReceiverState state)
    {
        DeviceStateException.ThrowUnless(state.Data.Count <= (state.FifoEnabled ? Depth : 1), "more received bytes than there is room for");
        DeviceStateException.ThrowUnless(state.Errors.Count == state.Data.Count, "received bytes without their errors");
        DeviceStateException.ThrowUnless(state.Trigger is >= 1 and < Depth, "a trigger level that there is not");
        (Enabled, _trigger, _status, _first, Count) = (state.FifoEnabled, state.Trigger, (LineStatus)state.Status, 0, state.Data.Count);
        for (int i = 0; i < Count; i++)
        {
            (_data[i], _errors[i]) = (state.Data[i], (LineStatus)state.Errors[i]);
        }
    }

    /// <summary>The receiver's bits of LSR; reading clears the errors.</summary>
    public LineStatus ReadStatus()
    {
        LineStatus status = _status | (Count > 0 ? LineStatus.DataReady : 0) | (Enabled && AnyError() ? LineStatus.ErrorInFifo : 0);
        _status = LineStatus.None;
        if (Count > 0)
        {
            _errors[_first] = LineStatus.None;
        }

        return status;
    }

    private void RevealErrors()
    {
        if (Count > 0)
        {
            _status |= _errors[_first];
        }
    }

    private bool AnyError()
    {
        for (int i = 0; i < Count; i++)
        {
            if (_errors[(_first + i) % Depth] != LineStatus.None)
            {
                return true;
            }
        }

        return false;
    }
}

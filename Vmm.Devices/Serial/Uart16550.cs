using System.IO.Pipelines;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Acpi.Aml;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Devices.Streams;

namespace Vmm.Devices.Serial;

/// <summary>A 16550A UART: the serial port every guest can print on. Source: National Semiconductor PC16550D data sheet.</summary>
/// <remarks>
/// The line has no bit times: a byte is sent as soon as it is written, and the divisor latch is only kept. When the host reads
/// slowly, LSR.THRE and LSR.TEMT stay clear until it has caught up; a guest that writes on regardless loses bytes.
/// </remarks>
[Device("uart16550", Summary = "16550A serial port")]
public sealed class Uart16550 : BytePortDevice, IAcpiContributor, IDeviceState<Uart16550State>, IDeviceMetrics, IFlushable, IAsyncDisposable
{
    private const int RegisterCount = 8;
    private const int DivisorHighShift = 8;
    private const int OutputCapacity = 16 * 1024; // a millisecond between two batches at more than any guest can write
    private const byte FastestDivisor = 1; // 115200 baud, which guests that keep the firmware's rate then show

    private static readonly ushort[] s_comPorts = [0x3F8, 0x2F8, 0x3E8, 0x2E8]; // COM1 to COM4 of a PC

    private readonly Uart16550Options _options;
    private readonly IInterruptLine _line;
    private readonly InputPump _input;
    private readonly OutputPump _output;
    private readonly ModemLines _modem = new();
    private readonly ReceiveFifo _receiver = new();
    private readonly TransmitterState _transmitter = new();
    private InterruptEnable _interruptEnable;
    private LineControl _lineControl;
    private byte _divisorLow = FastestDivisor;
    private byte _divisorHigh;
    private byte _scratch;
    private bool _asserted;

    /// <summary>Connects the port to its stream.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Ports, interrupt and stream.</param>
    /// <param name="interrupts">Where the interrupt line comes from.</param>
    /// <param name="streams">Where the stream comes from.</param>
    /// <param name="time">Clock of the output's batches.</param>
    public Uart16550(string name, Uart16550Options options, IInterruptController interrupts, IByteStreams streams, TimeProvider time)
        : base(name, new PortRange(options.Port, RegisterCount, "UART registers"))
    {
        _options = options;
        _line = interrupts.GetLine(options.Irq);
        IDuplexPipe pipe = streams.Open(options.Stream);
        _output = new OutputPump(Gate, pipe.Output, OutputCapacity, time, OutputDrained);
        _input = new InputPump(Gate, pipe.Input, Receive);
    }

    /// <summary>Bytes of guest output that were lost, because the guest ignored LSR.THRE or the host closed the stream.</summary>
    public long LostBytes => _output.Lost;

    /// <inheritdoc/>
    public IEnumerable<DeviceMetric> Metrics => [new("lostBytes", LostBytes)];

    private bool DivisorLatchAccess => (_lineControl & LineControl.DivisorLatchAccess) != 0;

    /// <summary>Sends the guest a break, which Linux takes as the first half of a magic SysRq.</summary>
    /// <returns>False when the receiver has no room.</returns>
    public bool SendBreak()
    {
        lock (Gate)
        {
            if (_modem.Loopback || _receiver.Room == 0)
            {
                return false;
            }

            _receiver.Push(0, LineStatus.BreakInterrupt);
            UpdateInterrupt();
            return true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A port that is none of COM1 to COM4 stays unmentioned, and the guest must be told of it by its command line.</remarks>
    public void Describe(AmlBuilder systemBus)
    {
        int com = Array.IndexOf(s_comPorts, _options.Port);
        if (com >= 0)
        {
            new AcpiSerialPort(com + 1, _options.Port, (uint)_options.Irq).Describe(systemBus);
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _input.DisposeAsync().ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Output that is on its way to the host is not recalled.</remarks>
    public override void Reset()
    {
        _modem.Reset();
        _receiver.Configure(enabled: false, trigger: 1);
        _receiver.Clear();
        _interruptEnable = InterruptEnable.None;
        _lineControl = LineControl.None;
        _divisorLow = FastestDivisor;
        _divisorHigh = 0;
        _scratch = 0;
        _transmitter.Reset();
        _input.RoomMade();
        UpdateInterrupt();
    }

    /// <inheritdoc/>
    public Uart16550State SaveState() => new(
        (byte)_interruptEnable,
        (byte)_lineControl,
        (ushort)(_divisorLow | (_divisorHigh << DivisorHighShift)),
        _scratch,
        (byte)_modem.Control,
        _modem.Deltas,
        _transmitter.InterruptPending || _transmitter.Status == LineStatus.None, // the interrupt comes when the host has caught up
        _receiver.Save());

    /// <inheritdoc/>
    public void RestoreState(Uart16550State state)
    {
        _receiver.Restore(state.Receiver);
        _modem.Restore(state.ModemControl, state.ModemDeltas);
        _transmitter.Restore(state.TransmitterInterrupt);
        _interruptEnable = (InterruptEnable)state.InterruptEnable & InterruptEnable.Implemented;
        _lineControl = (LineControl)state.LineControl;
        _divisorLow = (byte)state.Divisor;
        _divisorHigh = (byte)(state.Divisor >> DivisorHighShift);
        _scratch = state.Scratch;
        _input.RoomMade();
        UpdateInterrupt();
    }

    /// <inheritdoc/>
    protected override byte ReadRegister(int range, int offset)
    {
        byte value = (UartRegister)offset switch
        {
            UartRegister.Data => DivisorLatchAccess ? _divisorLow : ReadReceiverBuffer(),
            UartRegister.InterruptEnable => DivisorLatchAccess ? _divisorHigh : (byte)_interruptEnable,
            UartRegister.InterruptIdentificationOrFifoControl => (byte)ReadInterruptIdentification(),
            UartRegister.LineControl => (byte)_lineControl,
            UartRegister.ModemControl => (byte)_modem.Control,
            UartRegister.LineStatus => (byte)(_receiver.ReadStatus() | _transmitter.Status),
            UartRegister.ModemStatus => (byte)_modem.ReadStatus(),
            _ => _scratch,
        };
        UpdateInterrupt();
        return value;
    }

    /// <inheritdoc/>
    protected override void WriteRegister(int range, int offset, byte value)
    {
        switch ((UartRegister)offset)
        {
            case UartRegister.Data when DivisorLatchAccess:
                _divisorLow = value;
                break;
            case UartRegister.Data:
                WriteTransmitterHolding(value);
                break;
            case UartRegister.InterruptEnable when DivisorLatchAccess:
                _divisorHigh = value;
                break;
            case UartRegister.InterruptEnable:
                WriteInterruptEnable((InterruptEnable)value & InterruptEnable.Implemented);
                break;
            case UartRegister.InterruptIdentificationOrFifoControl:
                WriteFifoControl((FifoControl)value);
                break;
            case UartRegister.LineControl:
                _lineControl = (LineControl)value;
                break;
            case UartRegister.ModemControl:
                _modem.WriteControl(value);
                _input.RoomMade(); // the guest may have left loopback, during which the line is disconnected
                break;
            case UartRegister.Scratch:
                _scratch = value;
                break;
            default:
                break; // LSR and MSR are for reading; the data sheet reserves writes to factory tests
        }

        UpdateInterrupt();
    }

    private byte ReadReceiverBuffer()
    {
        byte value = _receiver.Pop();
        if (_receiver.Count == 0)
        {
            _input.RoomMade(); // refilling an empty FIFO, rather than every free byte, wakes the pump once in 16 bytes
        }

        return value;
    }

    private void WriteInterruptEnable(InterruptEnable value)
    {
        if ((value & ~_interruptEnable & InterruptEnable.TransmitterEmpty) != 0)
        {
            _transmitter.InterruptEnabled();
        }

        _interruptEnable = value;
    }

    private void WriteFifoControl(FifoControl value)
    {
        bool enable = (value & FifoControl.Enable) != 0;
        _receiver.Configure(enable, TriggerBytes(value));
        if (enable && (value & FifoControl.ResetReceiver) != 0)
        {
            _receiver.Clear();
        }

        if (_receiver.Count == 0)
        {
            _input.RoomMade();
        }
    }

    private static int TriggerBytes(FifoControl value) => (byte)(value & FifoControl.TriggerLevel) switch
    {
        0 << 6 => 1,
        1 << 6 => 4,
        2 << 6 => 8,
        _ => 14,
    };

    private void WriteTransmitterHolding(byte value)
    {
        if (_modem.Loopback)
        {
            _receiver.Push(value);
        }
        else
        {
            _output.Write(value);
        }

        _transmitter.Written(_output.Room);
    }

    /// <summary>The host has taken the output; called by the pump with the gate held.</summary>
    private void OutputDrained()
    {
        if (_transmitter.Drained() && _asserted)
        {
            Drive(false);
        }

        UpdateInterrupt();
    }

    /// <summary>Takes input from the line; called by the pump with the gate held.</summary>
    private int Receive(ReadOnlySpan<byte> input)
    {
        int taken = _modem.Loopback ? 0 : Math.Min(input.Length, _receiver.Room);
        foreach (byte value in input[..taken])
        {
            _receiver.Push(value);
        }

        UpdateInterrupt();
        return taken;
    }

    private InterruptIdentification ReadInterruptIdentification()
    {
        InterruptIdentification pending = Pending();
        if (pending == InterruptIdentification.TransmitterEmpty)
        {
            _transmitter.InterruptRead();
        }

        return pending | (_receiver.Enabled ? InterruptIdentification.FifosEnabled : 0);
    }

    private InterruptIdentification Pending() =>
        Enabled(InterruptEnable.LineStatus) && _receiver.ErrorPending ? InterruptIdentification.LineStatus
        : Enabled(InterruptEnable.ReceivedData) && _receiver.TriggerReached ? InterruptIdentification.ReceivedData
        : Enabled(InterruptEnable.ReceivedData) && _receiver.TimedOut ? InterruptIdentification.CharacterTimeout
        : Enabled(InterruptEnable.TransmitterEmpty) && _transmitter.InterruptPending ? InterruptIdentification.TransmitterEmpty
        : Enabled(InterruptEnable.ModemStatus) && _modem.InterruptPending ? InterruptIdentification.ModemStatus
        : InterruptIdentification.None;

    private bool Enabled(InterruptEnable interrupt) => (_interruptEnable & interrupt) != 0;

    private void UpdateInterrupt()
    {
        bool asserted = _modem.InterruptConnected && Pending() != InterruptIdentification.None;
        if (asserted != _asserted)
        {
            Drive(asserted);
        }
    }

    private void Drive(bool asserted)
    {
        _asserted = asserted;
        _line.Drive(asserted);
    }
}

using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Machine;

namespace Vmm.Devices.Keyboard;

/// <summary>An 8042 keyboard controller with no keyboard and no mouse: what guests need of it is the reset line.</summary>
/// <remarks>
/// Every command that has an answer is answered at once, and bytes for the absent keyboard are answered with the controller's own
/// time-out, so that no driver waits for anything. System control port A (0x92), which has a reset bit too, is part of it.
/// </remarks>
[Device("i8042", Summary = "Keyboard controller without keyboard: reset line and fast reset")]
public sealed class I8042 : BytePortDevice, IDeviceState<I8042State>
{
    private const ushort DataPort = 0x60;
    private const ushort StatusPort = 0x64;
    private const ushort SystemControlPort = 0x92;
    private const int StatusRange = 1;
    private const int SystemControlRange = 2;

    private const byte SelfTestPassed = 0x55;
    private const byte InterfaceTestPassed = 0x00;
    private const byte AuxiliaryClockStuckLow = 0x01;
    private const byte Resend = 0xFE;
    private const byte ResetLine = 1 << 0; // output port and pulse command: active low
    private const byte A20Gate = 1 << 1;
    private const byte FastReset = 1 << 0;

    private readonly IInterruptLine _line;
    private readonly IMachineControl _machine;
    private I8042CommandByte _commandByte = I8042CommandByte.SystemFlag;
    private I8042Command? _awaitsData;
    private I8042Status _status = I8042Status.KeyboardUnlocked;
    private byte _output;
    private byte _systemControl = A20Gate;

    /// <summary>Connects the controller.</summary>
    /// <param name="name">Instance name.</param>
    /// <param name="options">Interrupt.</param>
    /// <param name="interrupts">Where the interrupt line comes from.</param>
    /// <param name="machine">Whom a reset is asked of.</param>
    public I8042(string name, I8042Options options, IInterruptController interrupts, IMachineControl machine)
        : base(
            name,
            new PortRange(DataPort, 1, "i8042 data"),
            new PortRange(StatusPort, 1, "i8042 status and command"),
            new PortRange(SystemControlPort, 1, "system control port A"))
    {
        _line = interrupts.GetLine(options.Irq);
        _machine = machine;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _commandByte = I8042CommandByte.SystemFlag;
        _awaitsData = null;
        _status = I8042Status.KeyboardUnlocked;
        _systemControl = A20Gate;
        _line.Drive(false);
    }

    /// <inheritdoc/>
    public I8042State SaveState() => new((byte)_commandByte, (byte?)_awaitsData, (byte)_status, _output, _systemControl);

    /// <inheritdoc/>
    public void RestoreState(I8042State state)
    {
        _commandByte = (I8042CommandByte)state.CommandByte;
        _awaitsData = (I8042Command?)state.AwaitsData;
        _status = (I8042Status)state.Status;
        _output = state.Output;
        _systemControl = (byte)(state.SystemControl & ~FastReset);
        _line.Drive((_status & I8042Status.OutputBufferFull) != 0 && (_commandByte & I8042CommandByte.KeyboardInterrupt) != 0);
    }

    /// <inheritdoc/>
    protected override byte ReadRegister(int range, int offset) => range switch
    {
        StatusRange => (byte)(_status | ((_commandByte & I8042CommandByte.SystemFlag) != 0 ? I8042Status.SystemFlag : 0)),
        SystemControlRange => _systemControl,
        _ => ReadData(),
    };

    /// <inheritdoc/>
    protected override void WriteRegister(int range, int offset, byte value)
    {
        switch (range)
        {
            case StatusRange:
                _status |= I8042Status.LastWriteWasCommand;
                WriteCommand((I8042Command)value);
                break;
            case SystemControlRange:
                _systemControl = (byte)(value & ~FastReset);
                RequestResetIf((value & FastReset) != 0, "system control port A");
                break;
            default:
                _status &= ~I8042Status.LastWriteWasCommand;
                WriteData(value);
                break;
        }
    }

    private byte ReadData()
    {
        _status &= ~(I8042Status.OutputBufferFull | I8042Status.AuxiliaryOutputBufferFull | I8042Status.Timeout);
        _line.Drive(false);
        return _output;
    }

    private void WriteCommand(I8042Command command)
    {
        _awaitsData = null;
        switch (command)
        {
            case I8042Command.ReadCommandByte:
                Answer((byte)_commandByte);
                break;
            case I8042Command.SelfTest:
                Answer(SelfTestPassed);
                break;
            case I8042Command.TestKeyboard:
                Answer(InterfaceTestPassed);
                break;
            case I8042Command.TestAuxiliary:
                Answer(AuxiliaryClockStuckLow); // there is no auxiliary port
                break;
            case I8042Command.ReadOutputPort:
                Answer((byte)(ResetLine | (_systemControl & A20Gate)));
                break;
            case I8042Command.DisableKeyboard:
                _commandByte |= I8042CommandByte.KeyboardDisabled;
                break;
            case I8042Command.EnableKeyboard:
                _commandByte &= ~I8042CommandByte.KeyboardDisabled;
                break;
            case I8042Command.WriteCommandByte or I8042Command.WriteOutputPort or I8042Command.WriteKeyboardOutput
                or I8042Command.WriteAuxiliaryOutput or I8042Command.WriteAuxiliary:
                _awaitsData = command;
                break;
            case >= I8042Command.PulseOutputPort:
                RequestResetIf(((byte)command & ResetLine) == 0, "keyboard controller");
                break;
            default:
                break;
        }
    }

    private void WriteData(byte value)
    {
        I8042Command? command = _awaitsData;
        _awaitsData = null;
        switch (command)
        {
            case I8042Command.WriteCommandByte:
                _commandByte = (I8042CommandByte)value;
                break;
            case I8042Command.WriteOutputPort:
                _systemControl = (byte)((_systemControl & ~A20Gate) | (value & A20Gate));
                RequestResetIf((value & ResetLine) == 0, "keyboard controller");
                break;
            case I8042Command.WriteKeyboardOutput or I8042Command.WriteAuxiliaryOutput:
                Answer(value); // both as if from the keyboard: a driver that looks for an auxiliary port sees that there is none
                break;
            default:
                Answer(Resend, I8042Status.Timeout);
                break;
        }
    }

    private void Answer(byte value, I8042Status error = I8042Status.None)
    {
        _output = value;
        _status = (_status & ~I8042Status.Timeout) | I8042Status.OutputBufferFull | error;
        if ((_commandByte & I8042CommandByte.KeyboardInterrupt) != 0)
        {
            _line.Drive(false); // each byte is an edge, also when the guest has not read the one before
            _line.Drive(true);
        }
    }

    private void RequestResetIf(bool asserted, string source)
    {
        if (asserted)
        {
            _machine.RequestReset(source);
        }
    }
}

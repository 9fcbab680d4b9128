using Vmm.Devices.Keyboard;

namespace Vmm.Devices.Tests.Keyboard;

public sealed class I8042Tests
{
    private const int Data = 0x60, Status = 0x64, Command = 0x64, SystemControl = 0x92;
    private const int OutputFull = 0x01, InputFull = 0x02, AuxiliaryOutput = 0x20, TimeoutError = 0x40;

    private readonly FakeInterrupts _interrupts = new();
    private readonly FakeMachine _machine = new();
    private readonly DeviceBench _bus;

    public I8042Tests() => _bus = new DeviceBench(new I8042("keyboard", new I8042Options(), _interrupts, _machine));

    [Theory]
    [InlineData(0xFE, true)]
    [InlineData(0xF0, true)]
    [InlineData(0xFF, false)]
    public void Pulse_OfTheResetLine_Resets(int command, bool resets)
    {
        _bus.Out(Command, command);

        Assert.Equal(resets ? ["reset: keyboard controller"] : [], _machine.Requests);
    }

    [Fact]
    public void OutputPort_ResetLineLow_Resets()
    {
        _bus.Out(Command, 0xD1);
        _bus.Out(Data, 0x02);

        Assert.Equal(["reset: keyboard controller"], _machine.Requests);
    }

    [Fact]
    public void SystemControl_FastReset_Resets()
    {
        Assert.Equal(0x02, _bus.In(SystemControl)); // A20 is open
        _bus.Out(SystemControl, 0x02);
        Assert.Empty(_machine.Requests);
        _bus.Out(SystemControl, 0x03);

        Assert.Equal(["reset: system control port A"], _machine.Requests);
    }

    [Theory]
    [InlineData(0xAA, 0x55)] // controller self-test
    [InlineData(0xAB, 0x00)] // keyboard interface
    [InlineData(0xA9, 0x01)] // auxiliary interface: there is none
    [InlineData(0xD0, 0x03)] // output port: no reset, A20 open
    public void Command_WithAnAnswer_AnswersAtOnce(int command, int answer)
    {
        _bus.Out(Command, command);

        Assert.Equal(OutputFull, _bus.In(Status) & (OutputFull | InputFull));
        Assert.Equal(answer, _bus.In(Data));
        Assert.Equal(0, _bus.In(Status) & OutputFull);
    }

    [Fact]
    public void CommandByte_Written_ReadsBack()
    {
        _bus.Out(Command, 0x60);
        _bus.Out(Data, 0x74);
        _bus.Out(Command, 0x20);

        Assert.Equal(0x74, _bus.In(Data));
    }

    [Fact]
    public void AuxiliaryLoop_AsLinuxProbesIt_ComesBackFromTheKeyboardSide()
    {
        _bus.Out(Command, 0xD3);
        _bus.Out(Data, 0x5A);

        Assert.Equal(0, _bus.In(Status) & AuxiliaryOutput);
    }

    [Fact]
    public void KeyboardByte_NoKeyboard_IsAnsweredByATimeoutAndAnInterrupt()
    {
        _bus.Out(Command, 0x60);
        _bus.Out(Data, 0x01); // keyboard interrupt on
        _bus.Out(Data, 0xF2); // identify

        Assert.True(_interrupts[1].Asserted);
        Assert.Equal(OutputFull | TimeoutError, _bus.In(Status) & (OutputFull | TimeoutError));
        Assert.Equal(0xFE, _bus.In(Data));
        Assert.False(_interrupts[1].Asserted);
        Assert.Equal(0, _bus.In(Status) & (OutputFull | TimeoutError));
    }
}

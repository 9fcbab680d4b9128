
namespace Vmm.Devices.Tests.Serial;

/// <summary>Receiver: FIFO, trigger levels, time-out, line status.</summary>
public sealed class Uart16550ReceiveTests : Uart16550Fixture
{
    [Theory]
    [InlineData(0x01, 1)]
    [InlineData(0x41, 4)]
    [InlineData(0x81, 8)]
    [InlineData(0xC1, 14)]
    public async Task Iir_AtAndBelowTrigger_TellsDataFromTimeout(int fcr, int trigger)
    {
        Out(FCR, fcr);
        Out(MCR, ConnectedMcr);
        Out(IER, 0x01);

        await Stream.TypeAsync(new string('x', trigger));
        await Eventually.True(() => In(IIR) == 0xC4);
        Assert.True(Line.Asserted);

        In(RBR);
        Assert.Equal(trigger == 1 ? 0xC1 : 0xCC, In(IIR)); // time-out: fewer than the trigger level wait
        while ((In(LSR) & 0x01) != 0)
        {
            In(RBR);
        }

        Assert.Equal(0xC1, In(IIR));
        Assert.False(Line.Asserted);
    }

    [Fact]
    public async Task Receive_WithoutFifo_IsOneByteAtATimeAndLosesNothing()
    {
        await Stream.TypeAsync("hello");

        Assert.Equal("hello", await ReceiveAsync(5));
        Assert.Equal(0x60, In(LSR));
    }

    [Fact]
    public async Task Receive_MoreThanTheFifo_HoldsTheSenderBackAndLosesNothing()
    {
        string sent = string.Concat(Enumerable.Range(0, 1000).Select(i => (char)('a' + (i % 26))));
        Out(FCR, 0x01);
        await Stream.TypeAsync(sent);

        Assert.Equal(sent, await ReceiveAsync(sent.Length));
        Assert.Equal(0x60, In(LSR)); // and no overrun
    }

    [Fact]
    public async Task Receive_InLoopback_Waits()
    {
        Out(MCR, 0x10);
        await Stream.TypeAsync("x");
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(0x60, In(LSR));

        Out(MCR, 0);
        Assert.Equal("x", await ReceiveAsync(1));
    }

    [Fact]
    public async Task Fcr_ReceiverReset_EmptiesTheFifo()
    {
        Out(FCR, 0x01);
        await Stream.TypeAsync("abc");
        await DataReadyAsync();

        Out(FCR, 0x03);

        Assert.Equal(0x60, In(LSR));
    }

    [Fact]
    public void SendBreak_LineStatusInterruptEnabled_RevealsBreakAtTheTop()
    {
        Out(FCR, 0x01);
        Out(MCR, ConnectedMcr);
        Out(IER, 0x05);

        Assert.True(Uart.SendBreak());

        Assert.Equal(0xC6, In(IIR)); // line status goes before received data
        Assert.Equal(0xF1, In(LSR));
        Assert.Equal(0xC4, In(IIR));
        Assert.Equal(0x61, In(LSR));
        Assert.Equal(0x00, In(RBR));
        Assert.False(Line.Asserted);
    }

    [Fact]
    public async Task SendBreak_BehindAByte_IsNotRevealedYet()
    {
        Out(FCR, 0x01);
        await Stream.TypeAsync("x");
        await DataReadyAsync();

        Uart.SendBreak();

        Assert.Equal(0xE1, In(LSR)); // an error in the FIFO, but not at its top
        Assert.Equal((byte)'x', In(RBR));
        Assert.Equal(0xF1, In(LSR));
    }

    [Fact]
    public async Task Interrupt_WithoutOut2_IsDisconnected()
    {
        Out(MCR, 0x03);
        Out(IER, 0x01);
        await Stream.TypeAsync("x");
        await DataReadyAsync();

        Assert.False(Line.Asserted);
        Out(MCR, ConnectedMcr);
        Assert.True(Line.Asserted);
    }

    private async Task<string> ReceiveAsync(int length)
    {
        var text = new char[length];
        for (int i = 0; i < length; i++)
        {
            await DataReadyAsync();
            text[i] = (char)In(RBR);
        }

        return new string(text);
    }
}

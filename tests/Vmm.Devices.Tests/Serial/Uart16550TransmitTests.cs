
namespace Vmm.Devices.Tests.Serial;

/// <summary>Transmitter: output, THRE and its interrupt, back-pressure, completeness.</summary>
public sealed class Uart16550TransmitTests() : Uart16550Fixture(streamThreshold: 4096)
{
    [Fact]
    public async Task Transmit_Text_ArrivesPromptly()
    {
        Print("hello\n");

        Assert.Equal("hello\n", await Stream.ReadAsync(6));
        Assert.Equal(["console"], Streams.Opened);
    }

    [Fact]
    public async Task Flush_AfterOutput_HasHandedOverEverything()
    {
        Print("last words");
        await Uart.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal("last words", Stream.ReadAll().Text);
    }

    [Fact]
    public async Task Dispose_ReaderStuck_StillHandsOverEverythingAndCloses()
    {
        string text = new('x', 10_000); // more than the pipe takes without a reader
        Print(text);
        await Uart.DisposeAsync();

        Assert.Equal((text, true), Stream.ReadAll());
    }

    [Fact]
    public void TransmitterInterrupt_ReadOfIir_ClearsIt()
    {
        Out(MCR, ConnectedMcr);
        Out(IER, 0x02);

        Assert.Equal(0x02, In(IIR));
        Assert.Equal(0x01, In(IIR));
        Assert.False(Line.Asserted);
        Out(THR, 'x');
        Assert.True(Line.Asserted);
        Assert.Equal(0x02, In(IIR));
    }

    [Fact]
    public void TransmitterInterrupt_BehindReceivedData_SurvivesReadOfIir()
    {
        Uart.SendBreak();
        Out(IER, 0x03);

        Assert.Equal(0x04, In(IIR));
        In(RBR);
        Assert.Equal(0x02, In(IIR));
    }

    [Fact]
    public void TransmitterInterrupt_BurstOfSixteen_IsOneEdge()
    {
        Out(FCR, 0x01);
        Out(MCR, ConnectedMcr);
        Out(IER, 0x02);
        In(IIR);
        int before = Line.RisingEdges;

        Print("0123456789abcdef");
        In(IIR);

        Assert.Equal(before + 1, Line.RisingEdges);
    }

    [Fact]
    public async Task TransmitterInterrupt_DriverThatNeverReadsIir_GetsAnEdgeForEveryByte()
    {
        Out(MCR, ConnectedMcr);
        Out(IER, 0x02);
        for (int i = 0; i < 10; i++)
        {
            int before = Line.RisingEdges;
            Out(THR, 'x');
            await Eventually.True(() => Line.RisingEdges > before);
        }

        Assert.Equal("xxxxxxxxxx", await Stream.ReadAsync(10));
    }

    [Fact]
    public async Task Transmit_SlowReader_ClearsThreThenInterruptsAndLosesNothing()
    {
        Out(FCR, 0x01);
        Out(MCR, ConnectedMcr);
        Out(IER, 0x02);
        In(IIR);

        int sent = 0;
        while ((In(LSR) & 0x20) != 0)
        {
            for (int i = 0; i < 16; i++)
            {
                Out(THR, 'a' + (sent++ % 26)); // a driver fills the FIFO whenever it sees THRE
            }

            Assert.True(sent < 100_000, "output without a bound");
        }

        Assert.Equal(0x00, In(LSR)); // neither THRE nor TEMT
        Assert.Equal(0xC1, In(IIR));

        Assert.Equal(sent, (await Stream.ReadAsync(sent)).Length);
        await Eventually.True(() => Line.Asserted);
        Assert.Equal(0xC2, In(IIR));
        Assert.Equal(0x60, In(LSR));
        Assert.Equal(0, Uart.LostBytes);
    }

    [Fact]
    public async Task Transmit_IgnoringThre_LosesAndCounts()
    {
        const int Sent = 100_000;
        for (int i = 0; i < Sent; i++)
        {
            Out(THR, 'x');
        }

        await Uart.DisposeAsync();

        Assert.True(Uart.LostBytes > 0);
        Assert.Equal(Sent - Uart.LostBytes, Stream.ReadAll().Text.Length);
    }

    [Fact]
    public async Task Transmit_ReaderGone_GoesOnAndCounts()
    {
        await Stream.FromDevice.CompleteAsync();

        for (int i = 0; i < 1000; i++)
        {
            Print("nobody listens\n");
            await Uart.FlushAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(0x60, In(LSR));
        Assert.True(Uart.LostBytes > 10_000);
    }

    [Fact]
    public void Transmit_Steady_AllocatesNothing()
    {
        Print("warm");
        long before = GC.GetAllocatedBytesForCurrentThread();
        const int Rounds = 10_000;
        for (int i = 0; i < Rounds; i++)
        {
            Out(THR, 'x');
            In(LSR);
            In(IIR);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Rounds); // the thread pool's queue may grow; an object a round would be 24 bytes
    }

    private void Print(string text)
    {
        foreach (char c in text)
        {
            Out(THR, c);
        }
    }
}

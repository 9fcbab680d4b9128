using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Acpi.Aml;

namespace Vmm.Devices.Tests.Serial;

/// <summary>Registers and detection: data sheet tables 1 and 2, and what Linux's 8250 driver does to find out what it has.</summary>
public sealed class Uart16550RegisterTests : Uart16550Fixture
{
    [Fact]
    public void Registers_AfterReset_HaveDataSheetValues()
    {
        Assert.Equal(0x00, In(IER));
        Assert.Equal(0x01, In(IIR));
        Assert.Equal(0x00, In(LCR));
        Assert.Equal(0x00, In(MCR));
        Assert.Equal(0x60, In(LSR));
        Assert.Equal(0x00, In(MSR) & 0x0F);
    }

    [Fact]
    public void Ier_ReservedBits_StayZero()
    {
        Out(IER, 0xFF);
        Assert.Equal(0x0F, In(IER));
    }

    [Fact]
    public void Scratch_Any_ReadsBack()
    {
        Out(SCR, 0xA5);
        Assert.Equal(0xA5, In(SCR));
    }

    [Fact]
    public void DivisorLatch_BehindDlab_ReadsBackAndSparesIer()
    {
        Out(IER, 0x05);
        Out(LCR, 0x83);
        Out(DLL, 0x34);
        Out(DLM, 0x12);
        Assert.Equal((0x34, 0x12), (In(DLL), In(DLM)));

        Out(LCR, 0x03);
        Assert.Equal(0x05, In(IER));
    }

    [Fact]
    public void Fcr_EnablingFifos_ShowsInIir()
    {
        Out(FCR, 0x01);
        Assert.Equal(0xC1, In(IIR));
        Out(FCR, 0x00);
        Assert.Equal(0x01, In(IIR));
    }

    [Fact]
    public void Read_Word_IsTwoRegisters()
    {
        Out(LCR, 0x03);
        Out(MCR, 0x08);
        Assert.Equal(0x0803u, Bus.InDword(LCR) & 0xFFFF);
    }

    [Fact]
    public void Autodetection_AsLinuxDoesIt_Finds16550A()
    {
        // autoconfig(): IER is there, and has no bits above 3
        Out(IER, 0);
        Assert.Equal(0, In(IER) & 0x0F);
        Out(IER, 0x0F);
        Assert.Equal(0x0F, In(IER) & 0x0F);
        Out(IER, 0);

        // the modem lines loop back
        Out(MCR, 0x1A);
        Assert.Equal(0x90, In(MSR) & 0xF0);
        Out(MCR, 0);

        // both FIFO bits: 16550A; no EFR as a 16650 or 16850 has it
        Out(LCR, 0xBF);
        Out(FCR, 0);
        Out(LCR, 0);
        Out(FCR, 0x01);
        Assert.Equal(0xC0, In(IIR) & 0xC0);
        Out(LCR, 0x80);
        Assert.NotEqual(0, In(IIR));
        Out(LCR, 0xBF);
        Assert.NotEqual(0, In(IIR));

        // no 64-byte FIFO of a 16750, with or without DLAB
        Out(LCR, 0x00);
        Out(FCR, 0x21);
        Assert.Equal(0xC0, In(IIR) & 0xE0);
        Out(LCR, 0x80);
        Out(FCR, 0x21);
        Assert.Equal(0xC0, In(IIR) & 0xE0);
        Out(LCR, 0x00);

        // no UUE bit of an XScale
        Out(IER, 0x40);
        Assert.Equal(0, In(IER));
    }

    [Fact]
    public void StartUp_AsLinuxTestsIt_HasNoTransmitterBugs()
    {
        // serial8250_THRE_test(): enabling THRI raises the interrupt, again and again
        Out(MCR, ConnectedMcr);
        for (int i = 0; i < 2; i++)
        {
            Out(IER, 0x02);
            Assert.True(Line.Asserted);
            Assert.Equal(0x02, In(IIR));
            Assert.False(Line.Asserted);
            Out(IER, 0x00);
        }

        // the UART_BUG_TXEN test
        Out(IER, 0x02);
        Assert.Equal(0x60, In(LSR) & 0x60);
        Assert.Equal(0x02, In(IIR));
    }

    [Fact]
    public void Loopback_Entered_SetsDeltas()
    {
        In(MSR);
        Out(MCR, 0x10); // all inputs fall: CTS, DSR and DCD were up
        Assert.Equal(0x0B, In(MSR));
        Assert.Equal(0x00, In(MSR));
    }

    [Fact]
    public void Loopback_RiFalling_SetsTrailingEdge()
    {
        Out(MCR, 0x14);
        Assert.Equal(0x40, In(MSR) & 0x44); // its rise is no event
        Out(MCR, 0x10);
        Assert.Equal(0x04, In(MSR) & 0x44);
    }

    [Fact]
    public void Loopback_TransmittedByte_IsReceived()
    {
        Out(MCR, 0x10);
        Out(THR, 0x5A);

        Assert.Equal(0x61, In(LSR));
        Assert.Equal(0x5A, In(RBR));
        Assert.Equal(0x60, In(LSR));
        Assert.Equal("", Stream.ReadAll().Text);
    }

    [Fact]
    public void Loopback_SeventeenthByte_OverrunsAndIsLost()
    {
        Out(FCR, 0x01);
        Out(MCR, 0x10);
        for (int i = 0; i < 17; i++)
        {
            Out(THR, i);
        }

        Assert.Equal(0x63, In(LSR));
        Assert.Equal(0x61, In(LSR)); // reading clears OE
        Assert.Equal(Enumerable.Range(0, 16), Enumerable.Range(0, 16).Select(_ => (int)In(RBR)));
        Assert.Equal(0x60, In(LSR));
    }

    [Fact]
    public void Loopback_WithoutFifo_OverrunKeepsTheLastByte()
    {
        Out(MCR, 0x10);
        Out(THR, 1);
        Out(THR, 2);

        Assert.Equal(0x63, In(LSR));
        Assert.Equal(2, In(RBR));
    }

    [Fact]
    public void Describe_Com1_IsTheSerialPortOfThePc()
    {
        AmlBuilder expected = new();
        AcpiSerialPort.Com1.Describe(expected);
        AmlBuilder actual = new();

        Uart.Describe(actual);

        Assert.Equal(expected.Bytes, actual.Bytes);
    }

    [Fact]
    public void Reset_AfterUse_RestoresRegisters()
    {
        Out(FCR, 0x01);
        Out(IER, 0x0F);
        Out(MCR, ConnectedMcr);
        Out(LCR, 0x1B);
        Assert.True(Line.Asserted);

        Bus.Reset();

        Assert.False(Line.Asserted);
        Assert.Equal((0x00, 0x01, 0x00, 0x00, 0x60), (In(IER), In(IIR), In(LCR), In(MCR), In(LSR)));
    }
}

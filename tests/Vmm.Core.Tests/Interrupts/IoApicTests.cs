using System.Buffers.Binary;
using Vmm.Core.Interrupts;

namespace Vmm.Core.Tests.Interrupts;

public sealed class IoApicTests
{
    private const byte Id = 0;
    private const byte Version = 1;
    private const byte Arbitration = 2;
    private const uint Masked = 1 << 16;
    private const uint Level = 1 << 15;
    private const uint RemoteIrr = 1 << 14;
    private const uint ActiveLow = 1 << 13;
    private const uint SendPending = 1 << 12;
    private const uint Logical = 1 << 11;

    private readonly RecordingMessages _messages = new();
    private readonly IoApic _ioApic;

    public IoApicTests() => _ioApic = new IoApic(_messages, _messages);

    [Fact]
    public void Registers_AfterPowerOn_AreThoseOfTheDataSheet()
    {
        Assert.Equal(0u, Read(Id));
        Assert.Equal(0x0017_0020u, Read(Version));
        Assert.Equal(0u, Read(Arbitration));
        for (int pin = 0; pin < IoApic.PinCount; pin++)
        {
            Assert.Equal((Masked, 0u), ReadEntry(pin));
        }
    }

    [Fact]
    public void Id_Written_KeepsFourBitsAndIsTheArbitrationId()
    {
        Write(Id, 0xFFFF_FFFF);
        Write(Version, 0xFFFF_FFFF);
        Write(Arbitration, 0);

        Assert.Equal(0x0F00_0000u, Read(Id));
        Assert.Equal(0x0F00_0000u, Read(Arbitration));
        Assert.Equal(0x0017_0020u, Read(Version));
    }

    [Theory]
    [InlineData(0x03)]
    [InlineData(0x0F)]
    [InlineData(0x40)]
    [InlineData(0xFF)]
    public void Register_ThatDoesNotExist_ReadsZero(byte register)
    {
        Write(register, 0xFFFF_FFFF);

        Assert.Equal(0u, Read(register));
    }

    [Fact]
    public void Select_AnyWidth_IsItsLowByte()
    {
        WriteMmio(0x00, [Version]);
        Assert.Equal(0x0017_0020u, ReadMmio(0x10));
        WriteMmio(0x00, [Arbitration, 0xAA, 0xAA, 0xAA]);
        Assert.Equal(Arbitration, ReadMmio(0x00));
    }

    [Fact]
    public void Window_OtherThanThirtyTwoBits_IsIgnored()
    {
        Select(0x10);
        WriteMmio(0x10, [0x31]);
        WriteMmio(0x10, [0x31, 0, 0, 0, 0, 0, 0, 0]);
        byte[] narrow = new byte[2];
        _ioApic.ReadMmio(0, 0x10, narrow);

        Assert.Equal((Masked, 0u), ReadEntry(0));
        Assert.Equal([0, 0], narrow);
    }

    [Fact]
    public void Entry_Written_KeepsReadOnlyBits()
    {
        WriteEntry(5, Masked | RemoteIrr | SendPending | ActiveLow | Level | Logical | 0x7FF, 0xFF12_3456);

        Assert.Equal((Masked | ActiveLow | Level | Logical | 0x7FF, 0xFF12_3456u), ReadEntry(5));
    }

    [Theory]
    [InlineData(0x0000_0031u, 0x0000_0000u, 0xFEE0_0000ul, 0x31u)] // fixed, physical 0
    [InlineData(0x0000_0031u, 0x0300_0000u, 0xFEE0_3000ul, 0x31u)] // physical 3
    [InlineData(0x0000_0931u, 0xFF00_0000u, 0xFEEF_F004ul, 0x131u)] // lowest priority, logical 0xFF
    [InlineData(0x0000_0400u, 0x0100_0000u, 0xFEE0_1000ul, 0x400u)] // NMI
    [InlineData(0x0000_0031u, 0x2C02_0000u, 0x0000_0100_FEE2_C000ul, 0x31u)] // destination 0x12C: its bit 8 is bit 49 of the entry
    [InlineData(0x0000_0031u, 0xFFFE_0000u, 0x0000_7F00_FEEF_F000ul, 0x31u)] // destination 0x7FFF
    public void RisingEdge_Unmasked_SendsTheMessageOfTheEntry(uint low, uint high, ulong address, uint data)
    {
        WriteEntry(4, low, high);

        _ioApic.GetLine(4).Drive(true);
        _ioApic.GetLine(4).Drive(true);
        _ioApic.GetLine(4).Drive(false);

        Assert.Equal([new MsiMessage(address, data)], _messages.Sent);
        Assert.Empty(_messages.Routes);
        Assert.Equal(0, _messages.RouteChanges);
    }

    [Fact]
    public void RisingEdge_Twice_SendsTwice()
    {
        WriteEntry(4, 0x31, 0);

        Pulse(4);
        Pulse(4);

        Assert.Equal(2, _messages.Sent.Count);
    }

    [Fact]
    public void RisingEdge_Masked_IsLost()
    {
        WriteEntry(4, Masked | 0x31, 0);

        Pulse(4);
        _ioApic.GetLine(4).Drive(true);
        WriteEntry(4, 0x31, 0);

        Assert.Empty(_messages.Sent);
    }

    [Fact]
    public void Level_Asserted_IsDeliveredOnceUntilItsEnd()
    {
        WriteEntry(10, Level | 0x41, 0);

        _ioApic.GetLine(10).Drive(true);
        _ioApic.GetLine(10).Drive(false);
        _ioApic.GetLine(10).Drive(true);

        Assert.Equal([new MsiMessage(0xFEE0_0000, 0xC041)], _messages.Sent);
        Assert.Equal(Level | RemoteIrr | 0x41, ReadEntry(10).Low);
    }

    [Fact]
    public void EndOfInterrupt_StillAsserted_DeliversAgain()
    {
        WriteEntry(10, Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);

        _ioApic.EndOfInterrupt(0x40);
        Assert.Single(_messages.Sent);
        _ioApic.EndOfInterrupt(0x41);
        Assert.Equal(2, _messages.Sent.Count);
        _ioApic.GetLine(10).Drive(false);
        WriteMmio(0x40, [0x41, 0, 0, 0]);

        Assert.Equal(2, _messages.Sent.Count);
        Assert.Equal(Level | 0x41, ReadEntry(10).Low);
    }

    [Fact]
    public void EndOfInterrupt_SharedVector_EndsEveryPin()
    {
        WriteEntry(10, Level | 0x41, 0);
        WriteEntry(11, Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);
        _ioApic.GetLine(11).Drive(true);

        _ioApic.EndOfInterrupt(0x41);

        Assert.Equal(4, _messages.Sent.Count);
    }

    [Fact]
    public void Level_AssertedWhileMasked_IsDeliveredWhenUnmasked()
    {
        WriteEntry(10, Masked | Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);
        Assert.Empty(_messages.Sent);

        WriteEntry(10, Level | 0x41, 0);

        Assert.Single(_messages.Sent);
    }

    [Fact]
    public void Level_NoProcessorTakesIt_StaysPending()
    {
        _messages.Accepts = false;
        WriteEntry(10, Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);
        Assert.Equal(Level | SendPending | 0x41, ReadEntry(10).Low);

        _messages.Accepts = true;
        WriteEntry(10, Level | 0x41, 0);

        Assert.Equal(2, _messages.Sent.Count);
        Assert.Equal(Level | RemoteIrr | 0x41, ReadEntry(10).Low);
    }

    [Fact]
    public void TriggerMode_SetToEdge_ClearsRemoteIrr()
    {
        WriteEntry(10, Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);
        _ioApic.GetLine(10).Drive(false);

        WriteEntry(10, Masked | 0x41, 0);
        WriteEntry(10, Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);

        Assert.Equal(2, _messages.Sent.Count);
    }

    [Fact]
    public void Routes_UnmaskedLevelPins_AreTheMessagesOfThem()
    {
        WriteEntry(10, Level | 0x41, 0x0200_0000);
        Assert.Equal([new MsiRoute(10, new MsiMessage(0xFEE0_2000, 0xC041))], _messages.Routes);

        WriteEntry(10, Masked | Level | 0x41, 0x0200_0000);
        Assert.Empty(_messages.Routes);
    }

    [Fact]
    public void Routes_MaskedWhileInService_StayUntilTheEnd()
    {
        WriteEntry(10, Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);
        WriteEntry(10, Masked | Level | 0x41, 0);
        Assert.Single(_messages.Routes);

        _ioApic.EndOfInterrupt(0x41);
        WriteEntry(10, Masked | Level | 0x41, 0);

        Assert.Empty(_messages.Routes);
        Assert.Single(_messages.Sent);
    }

    [Fact]
    public void Routes_Exist_BeforeTheFirstMessage()
    {
        _ioApic.GetLine(10).Drive(true);
        _messages.OnSignal = () => Assert.Single(_messages.Routes);

        WriteEntry(10, Level | 0x41, 0);

        Assert.Single(_messages.Sent);
    }

    [Fact]
    public void Reset_MasksEverythingAndDropsRoutes()
    {
        Write(Id, 0x0300_0000);
        WriteEntry(10, Level | 0x41, 0);
        _ioApic.GetLine(10).Drive(true);

        _ioApic.Reset();

        Assert.Equal((Masked, 0u), ReadEntry(10));
        Assert.Equal(0u, Read(Id));
        Assert.Empty(_messages.Routes);
        _ioApic.EndOfInterrupt(0x41);
        Assert.Single(_messages.Sent);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(24)]
    public void GetLine_NoSuchPin_Throws(int gsi) => Assert.Throws<ArgumentOutOfRangeException>(() => _ioApic.GetLine(gsi));

    [Fact]
    public async Task Lines_DrivenFromManyThreads_LoseNoEdge()
    {
        const int Edges = 2000;
        for (int pin = 0; pin < 4; pin++)
        {
            WriteEntry(pin, 0x30u + (uint)pin, 0);
        }

        // A device drives its line with its own gate held, while others write registers with the I/O APIC's held, as the bus does.
        Task[] devices = [.. Enumerable.Range(0, 4).Select(pin => Task.Run(() =>
        {
            Lock gate = new();
            for (int i = 0; i < Edges; i++)
            {
                lock (gate)
                {
                    Pulse(pin);
                }
            }
        }))];
        while (!Task.WhenAll(devices).IsCompleted)
        {
            lock (_ioApic.Gate)
            {
                WriteEntry(9, Level | 0x50, 0);
                _ioApic.EndOfInterrupt(0x50);
            }
        }

        await Task.WhenAll(devices);

        Assert.Equal(4 * Edges, _messages.Sent.Count);
    }

    private void Pulse(int pin)
    {
        _ioApic.GetLine(pin).Drive(true);
        _ioApic.GetLine(pin).Drive(false);
    }

    private void WriteEntry(int pin, uint low, uint high)
    {
        Write((byte)(0x11 + (2 * pin)), high);
        Write((byte)(0x10 + (2 * pin)), low);
    }

    private (uint Low, uint High) ReadEntry(int pin) => (Read((byte)(0x10 + (2 * pin))), Read((byte)(0x11 + (2 * pin))));

    private uint Read(byte register)
    {
        Select(register);
        return ReadMmio(0x10);
    }

    private void Write(byte register, uint value)
    {
        Select(register);
        byte[] data = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, value);
        WriteMmio(0x10, data);
    }

    private void Select(byte register) => WriteMmio(0x00, [register, 0, 0, 0]);

    private uint ReadMmio(ulong offset)
    {
        byte[] data = new byte[4];
        _ioApic.ReadMmio(0, offset, data);
        return BinaryPrimitives.ReadUInt32LittleEndian(data);
    }

    private void WriteMmio(ulong offset, byte[] data) => _ioApic.WriteMmio(0, offset, data);
}

using System.Buffers.Binary;
using Vmm.Core.Interrupts;

namespace Vmm.Core.Tests.Interrupts;

/// <summary>An I/O APIC that is not told of ends of interrupts: a level is an edge there, and none may be the last.</summary>
public sealed class IoApicWithoutEndsTests
{
    private const byte FirstEntry = 0x10;
    private const uint Masked = 1 << 16;
    private const uint Level = 1 << 15;
    private const uint Vector = 0x31;

    private readonly RecordingMessages _messages = new();
    private readonly IoApic _ioApic;

    public IoApicWithoutEndsTests() => _ioApic = new IoApic(_messages, _messages, new IoApicOptions { SeesEndsOfInterrupts = false });

    [Fact]
    public void Entry_WrittenAsLevel_ReadsAsEdgeAndNeedsNoRoute()
    {
        WriteFirstEntry(Level | Vector);

        Assert.Equal(Vector, ReadFirstEntry());
        Assert.Empty(_messages.Routes);
    }

    [Fact]
    public void Line_AssertedAgainAndAgain_InterruptsEachTime()
    {
        WriteFirstEntry(Level | Vector);
        IInterruptLine line = _ioApic.GetLine(0);
        for (int i = 0; i < 3; i++)
        {
            line.Drive(true);
            line.Drive(false);
        }

        Assert.Equal(3, _messages.Sent.Count);
        Assert.All(_messages.Sent, message => Assert.Equal(Vector, message.Data & (Level | 0xFF)));
    }

    [Fact]
    public void Line_AssertedWhileMasked_InterruptsWhenUnmasked()
    {
        WriteFirstEntry(Level | Masked | Vector);
        _ioApic.GetLine(0).Drive(true);
        Assert.Empty(_messages.Sent);

        WriteFirstEntry(Level | Vector);
        WriteFirstEntry(Level | Vector); // it is unmasked already

        Assert.Single(_messages.Sent);
    }

    [Fact]
    public void Line_NotAssertedWhileMasked_StaysSilent()
    {
        WriteFirstEntry(Level | Masked | Vector);
        WriteFirstEntry(Level | Vector);

        Assert.Empty(_messages.Sent);
    }

    private void WriteFirstEntry(uint low)
    {
        WriteMmio(0x00, FirstEntry);
        WriteMmio(0x10, low);
    }

    private uint ReadFirstEntry()
    {
        byte[] value = new byte[sizeof(uint)];
        WriteMmio(0x00, FirstEntry);
        _ioApic.ReadMmio(0, 0x10, value);
        return BinaryPrimitives.ReadUInt32LittleEndian(value);
    }

    private void WriteMmio(ulong offset, uint value)
    {
        byte[] data = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(data, value);
        _ioApic.WriteMmio(0, offset, data);
    }
}

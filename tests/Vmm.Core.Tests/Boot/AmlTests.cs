using Vmm.Core.Boot.Acpi.Aml;

namespace Vmm.Core.Tests.Boot;

public sealed class AmlTests
{
    [Theory]
    [InlineData(0, new byte[] { 0x00 })]
    [InlineData(1, new byte[] { 0x01 })]
    [InlineData(2, new byte[] { 0x0A, 2 })]
    [InlineData(0x1234, new byte[] { 0x0B, 0x34, 0x12 })]
    [InlineData(0x12345678, new byte[] { 0x0C, 0x78, 0x56, 0x34, 0x12 })]
    [InlineData(0x123456789, new byte[] { 0x0E, 0x89, 0x67, 0x45, 0x23, 1, 0, 0, 0 })]
    public void Integer_Value_HasTheShortestEncoding(ulong value, byte[] expected) => Assert.Equal(expected, AmlData.Integer(value).Bytes.ToArray());

    [Fact]
    public void EisaId_Pnp_IsCompressed()
    {
        // ACPI 6.5, 19.3.4; the value of PNP0A03 (a PCI host bridge) is well known.
        Assert.Equal([0x0C, 0x41, 0xD0, 0x0A, 0x03], AmlData.EisaId("PNP0A03").Bytes.ToArray());
        Assert.Equal([0x0C, 0x41, 0xD0, 0x05, 0x01], AmlData.EisaId("PNP0501").Bytes.ToArray());
    }

    [Theory]
    [InlineData("PNP")]
    [InlineData("pnp0501")]
    [InlineData("PNP05G1")]
    [InlineData("PNP 501")]
    [InlineData("PNP05011")]
    public void EisaId_NoId_IsRefused(string id) => Assert.Throws<ArgumentException>(() => AmlData.EisaId(id));

    [Fact]
    public void Text_NotAscii_IsRefused()
    {
        Assert.Equal([0x0D, (byte)'a', 0], AmlData.Text("a").Bytes.ToArray());
        Assert.Throws<ArgumentException>(() => AmlData.Text("ä"));
        Assert.Throws<ArgumentException>(() => AmlData.Text("a\0b"));
    }

    [Fact]
    public void PackageLength_EverySize_DecodesToItself()
    {
        foreach (int size in (int[])[0, 1, 61, 62, 63, 64, 4092, 4093, 4094, 4095, (1 << 20) - 5, (1 << 20) - 4, (1 << 20) - 3, 3 << 20])
        {
            byte[] bytes = AmlBuilder.Counted(new byte[size]);

            int following = bytes[0] >> 6;
            int length = following == 0 ? bytes[0] & 0x3F : bytes[0] & 0x0F;
            for (int i = 0; i < following; i++)
            {
                length |= bytes[1 + i] << (4 + (8 * i));
            }

            Assert.Equal(bytes.Length, length);
            Assert.Equal(size, length - 1 - following);
        }
    }

    [Theory]
    [InlineData("_S5", new byte[] { (byte)'_', (byte)'S', (byte)'5', (byte)'_' })]
    [InlineData(@"\_SB.PCI0", new byte[] { (byte)'\\', 0x2E, (byte)'_', (byte)'S', (byte)'B', (byte)'_', (byte)'P', (byte)'C', (byte)'I', (byte)'0' })]
    [InlineData("A.B.C", new byte[] { 0x2F, 3, (byte)'A', (byte)'_', (byte)'_', (byte)'_', (byte)'B', (byte)'_', (byte)'_', (byte)'_', (byte)'C', (byte)'_', (byte)'_', (byte)'_' })]
    public void Name_Path_IsEncoded(string path, byte[] expected) =>
        Assert.Equal([0x08, .. expected, 0x00], new AmlBuilder().Name(path, AmlData.Integer(0)).Bytes);

    [Theory]
    [InlineData("")]
    [InlineData("TOOLONG")]
    [InlineData("low")]
    [InlineData("1ST")]
    [InlineData("A..B")]
    [InlineData(@"A\B")]
    public void Name_NoName_IsRefused(string path) => Assert.Throws<ArgumentException>(() => new AmlBuilder().Name(path, AmlData.Integer(0)));

    [Fact]
    public void Package_TooManyElements_IsRefused()
    {
        AmlData zero = AmlData.Integer(0);

        Assert.Equal([0x12, 0x04, 0x02, 0x00, 0x00], AmlData.Package(zero, zero).Bytes.ToArray());
        Assert.Throws<ArgumentException>(() => AmlData.Package([.. Enumerable.Repeat(zero, 256)]));
    }

    [Fact]
    public void ResourceTemplate_EachItem_IsEncodedAsSpecified()
    {
        Assert.Equal([0x79, 0x00], new ResourceTemplate().Bytes);
        Assert.Equal([0x22, 0x10, 0x00, 0x79, 0x00], new ResourceTemplate().Irq(4).Bytes);
        Assert.Equal([0x89, 6, 0, 0x0D, 1, 16, 0, 0, 0, 0x79, 0x00], new ResourceTemplate().Interrupt(16, InterruptTrigger.LevelLow).Bytes);
        Assert.Equal([0x86, 9, 0, 1, 0, 0, 0, 0xE0, 0, 0, 0x10, 0, 0x79, 0x00], new ResourceTemplate().Memory32(0xE000_0000, 0x10_0000).Bytes);
    }

    [Fact]
    public void ResourceTemplate_BridgeWindows_AreWhatIaslMakesOfThem()
    {
        // WordBusNumber, WordIO, DWordMemory and QWordMemory with ResourceProducer, MinFixed, MaxFixed, NonCacheable, ReadWrite.
        const string Compiled =
            "880D00020C0000000000FF0000000001"
            + "880D00010C0300000010FFFF000000F0"
            + "871700000C0100000000000000C0FFFFFFDF0000000000000020"
            + "8A2B00000C0100000000000000000000000000010000FFFFFFFFFF01000000000000000000000000000000010000"
            + "7900";

        byte[] windows = new ResourceTemplate().BusWindow(0, 255).IoWindow(0x1000, 0xFFFF)
            .MemoryWindow32(0xC000_0000, 0xDFFF_FFFF).MemoryWindow64(1UL << 40, (1UL << 41) - 1).Bytes;

        Assert.Equal(Compiled, Convert.ToHexString(windows));
    }

    [Fact]
    public void ResourceTemplate_ImpossibleWindow_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResourceTemplate().IoWindow(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResourceTemplate().IoWindow(0, ushort.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResourceTemplate().MemoryWindow64(0, ulong.MaxValue));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(16)]
    public void ResourceTemplate_NoLegacyIrq_IsRefused(int irq) => Assert.Throws<ArgumentOutOfRangeException>(() => new ResourceTemplate().Irq(irq));

    [Fact]
    public void Method_ThatNotifies_IsEncoded()
    {
        // ACPI 6.5, 20.2.5.2 (MethodOp, PkgLength, name, flags: one argument, serialized) and 20.2.5.3 (NotifyOp, device, value).
        byte[] expected =
        [
            0x14, 19, .. "_EVT"u8, 0x09,
            0x86, (byte)'\\', 0x2E, .. "_SB_PB09"u8, 0x0A, 0x80,
        ];

        Assert.Equal(expected, new AmlBuilder().Method("_EVT", 1, method => method.Notify(@"\_SB_.PB09", 0x80)).Bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AmlBuilder().Method("_EVT", 8, _ => { }));
    }
}

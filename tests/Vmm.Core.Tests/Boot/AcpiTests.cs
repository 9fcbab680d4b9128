using System.Text;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Acpi;
using Vmm.Core.Boot.Acpi.Aml;

namespace Vmm.Core.Tests.Boot;

/// <summary>Reads the tables back as an operating system does: from the RSDP in boot_params, by the offsets in the ACPI specification.</summary>
public sealed class AcpiTests : IDisposable
{
    private readonly BootTestMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Tables_FromTheZeroPage_AreFoundWithRightChecksums()
    {
        Dictionary<string, byte[]> tables = Boot(new() { Kernel = "kernel" });

        Assert.Equal(["APIC", "DSDT", "FACP"], tables.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fadt_Platform_IsHardwareReducedWithItsRegistersAtTheGivenPorts()
    {
        byte[] fadt = Boot(new() { Kernel = "kernel", AcpiPorts = new AcpiPorts(0x700, 0x701, 0x702) })["FACP"];

        Assert.Equal(276, fadt.Length);
        Assert.Equal(6, fadt[8]);
        Assert.Equal(0x24, BitConverter.ToUInt16(fadt, 109));
        uint flags = BitConverter.ToUInt32(fadt, 112);
        Assert.NotEqual(0u, flags & (1 << 20));
        Assert.NotEqual(0u, flags & (1 << 10));
        Assert.Equal(0x702, BytePort(fadt, 116));
        Assert.Equal(AcpiPorts.ResetValue, fadt[128]);
        Assert.Equal(0x700, BytePort(fadt, 244));
        Assert.Equal(0x701, BytePort(fadt, 256));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(LinuxBoot.MaximumProcessors)]
    public void Madt_Processors_AreEnabledWithConsecutiveIds(int count)
    {
        List<byte[]> entries = MadtEntries(new LinuxBootOptions { Kernel = "kernel", ProcessorCount = count });
        byte[][] local = [.. entries.Where(entry => entry[0] == 0)];
        byte[][] wide = [.. entries.Where(entry => entry[0] == 9)];

        Assert.Equal(Enumerable.Range(0, Math.Min(count, 255)), local.Select(entry => (int)entry[3]));
        Assert.All(local, entry => Assert.Equal(1u, BitConverter.ToUInt32(entry, 4)));
        Assert.Equal(Enumerable.Range(255, Math.Max(count - 255, 0)), wide.Select(entry => BitConverter.ToInt32(entry, 4)));
        Assert.All(wide, entry => Assert.Equal(1u, BitConverter.ToUInt32(entry, 8)));
        Assert.All(wide, entry => Assert.Equal(BitConverter.ToInt32(entry, 4), BitConverter.ToInt32(entry, 12)));
    }

    [Fact]
    public void Madt_IoApic_StartsAtInterrupt0()
    {
        byte[] entry = Assert.Single(MadtEntries(new LinuxBootOptions { Kernel = "kernel" }), entry => entry[0] == 1);

        Assert.Equal(12, entry.Length);
        Assert.Equal(0xFEC0_0000, BitConverter.ToUInt32(entry, 4));
        Assert.Equal(0u, BitConverter.ToUInt32(entry, 8));
    }

    [Fact]
    public void Madt_Mailbox_IsAVersion0StructureInReservedMemory()
    {
        _machine.Memory.GetSpan(0x9E000, 4096).Fill(0xA5);
        BootedKernel kernel = _machine.Boot(TestElf.Small(), new() { Kernel = "kernel", ProcessorCount = 2 });
        byte[] entry = Assert.Single(MadtEntries(kernel), entry => entry[0] == 0x10);

        Assert.Equal(16, entry.Length);
        Assert.Equal(0, BitConverter.ToUInt16(entry, 2));
        Assert.Equal(kernel.MailboxAddress, BitConverter.ToUInt64(entry, 8));
        Assert.Equal(0x9E000u, kernel.MailboxAddress);
        Assert.Equal(new byte[4096], _machine.Bytes(0x9E000, 4096));
    }

    [Theory]
    [InlineData(1, ApStart.Mailbox)]
    [InlineData(2, ApStart.StartupInterrupt)]
    public void Madt_NoUseForAMailbox_HasNone(int processors, ApStart start)
    {
        BootedKernel kernel = _machine.Boot(TestElf.Small(), new() { Kernel = "kernel", ProcessorCount = processors, ApStart = start });

        Assert.Null(kernel.MailboxAddress);
        Assert.DoesNotContain(MadtEntries(kernel), entry => entry[0] == 0x10);
    }

    [Fact]
    public void Dsdt_Default_IsSoftOffAndCom1()
    {
        byte[] aml = Boot(new() { Kernel = "kernel" })["DSDT"][36..];

        // What iasl -oa makes of: Name (\_S5, Package () { 5, Zero, Zero, Zero }) Scope (\_SB) { Device (COM1) { _HID, _UID, _CRS } }
        byte[] expected =
        [
            0x08, (byte)'\\', .. "_S5_"u8, 0x12, 0x07, 0x04, 0x0A, 0x05, 0x00, 0x00, 0x00,
            0x10, 0x39, (byte)'\\', .. "_SB_"u8,
            0x5B, 0x82, 0x31, .. "COM1"u8,
            0x08, .. "_HID"u8, 0x0C, 0x41, 0xD0, 0x05, 0x01,
            0x08, .. "_UID"u8, 0x01,
            0x08, .. "_CRS"u8, 0x11, 0x16, 0x0A, 0x13,
            0x47, 0x01, 0xF8, 0x03, 0xF8, 0x03, 0x01, 0x08,
            0x89, 0x06, 0x00, 0x03, 0x01, 0x04, 0x00, 0x00, 0x00,
            0x79, 0x00,
        ];
        Assert.Equal(expected, aml);
    }

    [Fact]
    public void Tables_Extra_AreListed()
    {
        Dictionary<string, byte[]> tables = Boot(new() { Kernel = "kernel", AcpiTables = [new AcpiTable("MCFG", 1, new byte[24])] });

        Assert.Equal(36 + 24, tables["MCFG"].Length);
    }

    [Fact]
    public void Tables_BeyondTheirRoom_DoNotFit()
    {
        AcpiTable large = new("TEST", 1, new byte[100_000]);

        BootException error = Assert.Throws<BootException>(() => Boot(new() { Kernel = "kernel", AcpiTables = [large] }));

        Assert.Equal(BootError.DoesNotFit, error.Error);
        Assert.Contains("TEST", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contributor_Device_AppearsInTheSystemBus()
    {
        byte[] aml = Boot(new() { Kernel = "kernel", AcpiContributors = [new AcpiSerialPort(2, 0x2F8, 3)] })["DSDT"];

        Assert.Contains("COM2", Encoding.ASCII.GetString(aml), StringComparison.Ordinal);
        Assert.DoesNotContain("COM1", Encoding.ASCII.GetString(aml), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TOOLONG")]
    [InlineData("AB")]
    [InlineData("ÄPIC")]
    public void AcpiTable_BadSignature_IsRefused(string signature) => Assert.Throws<ArgumentException>(() => new AcpiTable(signature, 1, []));

    private static int BytePort(byte[] table, int at)
    {
        Assert.Equal(new byte[] { 1, 8, 0, 1 }, table[at..(at + 4)]);
        return (int)BitConverter.ToUInt64(table, at + 4);
    }

    private List<byte[]> MadtEntries(LinuxBootOptions options) => MadtEntries(_machine.Boot(TestElf.Small(), options));

    private List<byte[]> MadtEntries(BootedKernel kernel)
    {
        byte[] madt = Parse(kernel)["APIC"];
        List<byte[]> entries = [];
        for (int at = 44; at < madt.Length; at += madt[at + 1])
        {
            entries.Add(madt[at..(at + madt[at + 1])]);
        }

        return entries;
    }

    private Dictionary<string, byte[]> Boot(LinuxBootOptions options) => Parse(_machine.Boot(TestElf.Small(), options));

    private Dictionary<string, byte[]> Parse(BootedKernel kernel)
    {
        ulong rsdp = _machine.U64(kernel.BootProcessor.Rsi + 0x70);
        byte[] root = _machine.Bytes(rsdp, 36);
        Assert.Equal(kernel.RsdpAddress, rsdp);
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(root, 0, 8));
        Assert.Equal(2, root[15]);
        Assert.Equal(36, BitConverter.ToInt32(root, 20));
        Assert.Equal(0, Sum(root[..20]));
        Assert.Equal(0, Sum(root));

        byte[] xsdt = Table(BitConverter.ToUInt64(root, 24));
        Assert.Equal("XSDT", Encoding.ASCII.GetString(xsdt, 0, 4));
        Dictionary<string, byte[]> tables = [];
        for (int at = 36; at < xsdt.Length; at += 8)
        {
            byte[] table = Table(BitConverter.ToUInt64(xsdt, at));
            tables.Add(Encoding.ASCII.GetString(table, 0, 4), table);
        }

        tables.Add("DSDT", Table(BitConverter.ToUInt64(tables["FACP"], 140)));
        return tables;
    }

    private byte[] Table(ulong at)
    {
        byte[] table = _machine.Bytes(at, (int)_machine.U32(at + 4));
        Assert.Equal(0, Sum(table));
        Assert.InRange(at, 0xE0000u, 0xF7FFFu);
        return table;
    }

    private static byte Sum(byte[] bytes) => bytes.Aggregate((byte)0, (sum, value) => (byte)(sum + value));
}

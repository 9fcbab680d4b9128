using System.Buffers.Binary;
using System.Text;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Acpi;

namespace Vmm.Core.Tests.Boot;

/// <summary>The script, carried out as firmware does: what comes of it are ACPI tables.</summary>
public sealed class TableLoaderTests
{
    private const ulong TablesAt = 0x7F00_0040;
    private const ulong RsdpAt = 0xF_5A80;

    [Fact]
    public void Script_CarriedOut_GivesTablesThatPointToEachOther()
    {
        AcpiTable mine = new("MINE", 1, [1, 2, 3]);
        Dictionary<string, (ulong At, byte[] Bytes)> files = CarryOut(new TableLoader(FirmwareTables.Create(
            new LinuxBootOptions { Kernel = "", ProcessorCount = 3, AcpiTables = [mine] })));
        byte[] rsdp = files["etc/acpi/rsdp"].Bytes;
        byte[] tables = files["etc/acpi/tables"].Bytes;
        Span<byte> At(ulong address) => tables.AsSpan((int)(address - TablesAt));

        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(rsdp, 0, 8));
        Assert.Equal((0, 0), (Sum(rsdp.AsSpan(0, 20)), Sum(rsdp)));
        Span<byte> xsdt = At(BinaryPrimitives.ReadUInt64LittleEndian(rsdp.AsSpan(24)));
        Assert.Equal("XSDT", Check(xsdt));
        int count = (BinaryPrimitives.ReadInt32LittleEndian(xsdt[4..]) - 36) / 8;
        List<string> names = [];
        for (int i = 0; i < count; i++)
        {
            Span<byte> table = At(BinaryPrimitives.ReadUInt64LittleEndian(xsdt[(36 + (8 * i))..]));
            names.Add(Check(table));
            if (names[^1] == "FACP")
            {
                Assert.Equal("DSDT", Check(At(BinaryPrimitives.ReadUInt64LittleEndian(table[140..]))));
            }
        }

        Assert.Equal(["FACP", "APIC", "MINE"], names);
    }

    private static Dictionary<string, (ulong At, byte[] Bytes)> CarryOut(TableLoader loader)
    {
        Dictionary<string, byte[]> given = new() { ["etc/acpi/tables"] = loader.Tables, ["etc/acpi/rsdp"] = loader.Rsdp };
        Dictionary<string, (ulong At, byte[] Bytes)> files = [];
        Assert.Equal(0, loader.Script.Length % 128);
        foreach (byte[] entry in loader.Script.Chunk(128))
        {
            uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(at));
            string Name(int at) => Encoding.ASCII.GetString(entry, at, 56).TrimEnd('\0');
            string file = Name(4);
            switch (Word(0))
            {
                case 1:
                    Assert.Equal(0ul, (file.EndsWith("rsdp", StringComparison.Ordinal) ? RsdpAt : TablesAt) % Word(60));
                    files[file] = (file.EndsWith("rsdp", StringComparison.Ordinal) ? RsdpAt : TablesAt, [.. given[file]]);
                    break;
                case 2:
                    Assert.Equal(8, entry[120]);
                    Span<byte> field = files[file].Bytes.AsSpan((int)Word(116));
                    BinaryPrimitives.WriteUInt64LittleEndian(field, BinaryPrimitives.ReadUInt64LittleEndian(field) + files[Name(60)].At);
                    break;
                case 3:
                    byte[] bytes = files[file].Bytes;
                    bytes[Word(60)] -= (byte)Sum(bytes.AsSpan((int)Word(64), (int)Word(68)));
                    break;
                default:
                    Assert.Fail($"command {Word(0)}");
                    break;
            }
        }

        return files;
    }

    private static string Check(Span<byte> table)
    {
        Assert.Equal(0, Sum(table[..BinaryPrimitives.ReadInt32LittleEndian(table[4..])]));
        return Encoding.ASCII.GetString(table[..4]);
    }

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return sum;
    }
}

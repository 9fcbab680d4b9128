using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Vmm.Core.Boot.Acpi;

/// <summary>
/// ACPI tables as firmware takes them by fw_cfg: tables and RSDP whose pointers are offsets, and a script by which the firmware places them
/// (QEMU, hw/acpi/bios-linker-loader.c; EDK2, OvmfPkg/AcpiPlatformDxe/QemuLoader.h).
/// </summary>
public sealed class TableLoader
{
    /// <summary>fw_cfg file of the tables.</summary>
    public const string TablesFile = "etc/acpi/tables";

    /// <summary>fw_cfg file of the RSDP.</summary>
    public const string RsdpFile = "etc/acpi/rsdp";

    /// <summary>fw_cfg file of the script.</summary>
    public const string ScriptFile = "etc/table-loader";

    private const uint TableAlignment = 64;
    private const uint RsdpAlignment = 16;
    private const byte HighMemory = 1;
    private const byte FSegment = 2;
    private const byte PointerSize = sizeof(ulong);
    private const byte XsdtRevision = 1;

    // Where pointers and checksums lie (ACPI 6.5, 5.2.5.3, 5.2.6 and 5.2.9).
    private const int ChecksumOffset = 9;
    private const int RsdpChecksumOffset = 8;
    private const int RsdpXsdtOffset = 24;
    private const int RsdpExtendedChecksumOffset = 32;
    private const int RsdpFirstPart = 20;
    private const int FadtDsdtOffset = 140;

    private readonly ArrayBufferWriter<byte> _tables = new();
    private readonly ArrayBufferWriter<byte> _script = new();
    private readonly List<(int Field, int Target)> _pointers = [];
    private readonly List<int> _sums = [];

    /// <summary>Lays the tables out.</summary>
    /// <param name="tables">The DSDT first, then what the XSDT lists: as <see cref="FirmwareTables"/> gives them.</param>
    public TableLoader(IReadOnlyList<AcpiTable> tables)
    {
        Allocate(TablesFile, TableAlignment, HighMemory);
        Allocate(RsdpFile, RsdpAlignment, FSegment);
        int[] at = [.. tables.Select(table => Place(table.Bytes.Span))];
        for (int i = 0; i < tables.Count; i++)
        {
            if (tables[i].Signature == "FACP")
            {
                PointTo(at[i] + FadtDsdtOffset, at[0]);
                Sum(at[i], tables[i].Bytes.Length);
            }
        }

        AcpiTable xsdt = new("XSDT", XsdtRevision, MemoryMarshal.AsBytes<ulong>([.. at.Skip(1).Select(offset => (ulong)offset)]));
        int xsdtAt = Place(xsdt.Bytes.Span);
        for (int i = 1; i < at.Length; i++)
        {
            PointTo(xsdtAt + Unsafe.SizeOf<AcpiTableHeader>() + ((i - 1) * PointerSize), at[i]);
        }

        Sum(xsdtAt, xsdt.Bytes.Length);
        Tables = _tables.WrittenSpan.ToArray();
        foreach ((int field, int target) in _pointers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(Tables.AsSpan(field), (ulong)target);
        }

        foreach (int table in _sums)
        {
            Tables[table + ChecksumOffset] = 0;
        }

        var rsdp = Acpi.Rsdp.Create((ulong)xsdtAt);
        Rsdp = MemoryMarshal.AsBytes(new ReadOnlySpan<Rsdp>(in rsdp)).ToArray();
        Rsdp[RsdpChecksumOffset] = Rsdp[RsdpExtendedChecksumOffset] = 0;
        AddPointer(RsdpFile, RsdpXsdtOffset);
        AddChecksum(RsdpFile, RsdpChecksumOffset, 0, RsdpFirstPart);
        AddChecksum(RsdpFile, RsdpExtendedChecksumOffset, 0, Rsdp.Length);
        Script = _script.WrittenSpan.ToArray();
    }

    private enum Command : uint
    {
        Allocate = 1,
        AddPointer = 2,
        AddChecksum = 3,
    }

    /// <summary>The tables.</summary>
    public byte[] Tables { get; }

    /// <summary>The RSDP.</summary>
    public byte[] Rsdp { get; }

    /// <summary>The script: entries of 128 bytes.</summary>
    public byte[] Script { get; }

    private int Place(ReadOnlySpan<byte> table)
    {
        int at = _tables.WrittenCount;
        _tables.Write(table);
        _tables.Write(new byte[-table.Length & (int)(RsdpAlignment - 1)]);
        return at;
    }

    private void PointTo(int field, int target)
    {
        _pointers.Add((field, target));
        AddPointer(TablesFile, field);
    }

    private void Sum(int table, int length)
    {
        _sums.Add(table);
        AddChecksum(TablesFile, table + ChecksumOffset, table, length);
    }

    private void Allocate(string file, uint alignment, byte zone) => Entry(Command.Allocate, Name(file), Word(alignment), [zone]);

    private void AddPointer(string file, int field) => Entry(Command.AddPointer, Name(file), Name(TablesFile), Word((uint)field), [PointerSize]);

    private void AddChecksum(string file, int field, int start, int length) =>
        Entry(Command.AddChecksum, Name(file), Word((uint)field), Word((uint)start), Word((uint)length));

    private void Entry(Command command, params byte[][] fields)
    {
        const int EntrySize = 128;
        byte[] entry = [.. Word((uint)command), .. fields.SelectMany(field => field)];
        Array.Resize(ref entry, EntrySize);
        _script.Write(entry);
    }

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Name(string file)
    {
        const int NameSize = 56;
        byte[] name = new byte[NameSize];
        Encoding.ASCII.GetBytes(file, name);
        return name;
    }
}

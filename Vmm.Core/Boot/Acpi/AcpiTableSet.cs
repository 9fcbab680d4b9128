using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Acpi;

/// <summary>All ACPI tables of a machine.</summary>
internal sealed class AcpiTableSet
{
    private const byte XsdtRevision = 1;

    // The RSDP must lie on a 16-byte boundary (ACPI 6.5, 5.2.5.1); the others follow suit.
    private const ulong Alignment = 16;

    internal required int ProcessorCount { get; init; }

    internal required ulong? MailboxAddress { get; init; }

    internal required AcpiPorts Ports { get; init; }

    internal required IEnumerable<IAcpiContributor> Contributors { get; init; }

    internal required IEnumerable<AcpiTable> Extra { get; init; }

    /// <summary>Writes the tables, the RSDP first.</summary>
    /// <returns>What was written; starts at the RSDP.</returns>
    /// <exception cref="BootException"><see cref="BootError.DoesNotFit"/>.</exception>
    internal MemoryRange Write(GuestMemory memory, MemoryRange area)
    {
        memory.Clear(area);
        ulong free = Align(area.Gpa + (ulong)Unsafe.SizeOf<Rsdp>());
        ulong dsdt = Place(Dsdt.Create(Contributors));
        List<ulong> entries = [Place(Fadt.Create(dsdt, Ports)), Place(Madt.Create(ProcessorCount, MailboxAddress))];
        foreach (AcpiTable table in Extra)
        {
            entries.Add(Place(table));
        }

        ulong xsdt = Place(new AcpiTable("XSDT", XsdtRevision, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(entries))));
        memory.Write(area.Gpa, Rsdp.Create(xsdt));
        return new MemoryRange(area.Gpa, free - area.Gpa);

        ulong Place(AcpiTable table)
        {
            ulong at = free;
            if (!area.Contains(at, (ulong)table.Bytes.Length))
            {
                throw new BootException(
                    BootError.DoesNotFit,
                    $"ACPI table {table.Signature} ({table.Bytes.Length} bytes) does not fit into the {area.Size >> 10} KiB for tables; configure fewer processors or devices");
            }

            memory.Write(at, table.Bytes.Span);
            free = Align(at + (ulong)table.Bytes.Length);
            return at;
        }
    }

    private static ulong Align(ulong address) => (address + Alignment - 1) & ~(Alignment - 1);
}

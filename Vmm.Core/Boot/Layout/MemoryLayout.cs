using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Layout;

/// <summary>
/// Where everything lies in guest-physical memory. RAM starts at 0; what does not fit below 3 GiB continues at 4 GiB, and devices have the hole between.
/// </summary>
/// <remarks>
/// <code>
/// 0x007000 boot_params            RAM, free for the guest once it has read it
/// 0x008000 stack of the first processor   (grows down from 0x10000)
/// 0x020000 command line
/// 0x030000 loadable
/// 0x09E000 wake-up mailbox        ACPI NVS
/// 0x0A0000 (nothing)
/// 0x0D0000 event log              ACPI NVS; empty where nothing is measured
/// 0x0E0000 ACPI tables            ACPI
/// 0x0F0000 page tables, GDT       reserved: processors that start later still need them
/// 0x100000 loadable               RAM
/// </code>
/// </remarks>
public sealed class MemoryLayout
{
    /// <summary>The least RAM a machine can have, in bytes.</summary>
    public const ulong MinimumRam = 2 << 20;

    /// <summary>Where the hole for devices starts.</summary>
    public const ulong HoleStart = 3UL << 30;

    /// <summary>Where the hole for devices ends, and RAM continues.</summary>
    public const ulong HoleEnd = 4UL << 30;

    private const ulong ConventionalEnd = 0x9_E000;
    private const ulong ExtendedStart = 0x10_0000;

    private readonly MemoryRange[] _loadable;

    private MemoryLayout(ulong ramSize)
    {
        RamSize = ramSize;
        LowRamEnd = Math.Min(ramSize, HoleStart);
        Ram = ramSize <= HoleStart ? [new(0, ramSize)] : [new(0, HoleStart), new(HoleEnd, ramSize - HoleStart)];
        _loadable = [new(CommandLine.End, ConventionalEnd - CommandLine.End), new(ExtendedStart, LowRamEnd - ExtendedStart)];
        E820 =
        [
            new(new MemoryRange(0, ConventionalEnd), E820Type.Ram),
            new(Mailbox, E820Type.AcpiNvs),
            new(EventLog, E820Type.AcpiNvs),
            new(AcpiTables, E820Type.Acpi),
            new(ProcessorTables, E820Type.Reserved),
            new(_loadable[^1], E820Type.Ram),
            .. Ram.Count > 1 ? [new(Ram[1], E820Type.Ram)] : Array.Empty<E820Entry>(),
        ];
    }

    /// <summary>boot_params.</summary>
    public static MemoryRange BootParams { get; } = new(0x7000, GuestMemory.PageSize);

    /// <summary>Stack of the first processor.</summary>
    public static MemoryRange Stack { get; } = new(0x8000, 0x8000);

    /// <summary>Room for the command line with its NUL.</summary>
    public static MemoryRange CommandLine { get; } = new(0x2_0000, 0x1_0000);

    /// <summary>The multiprocessor wake-up mailbox, in its first page.</summary>
    /// <remarks>ACPI NVS, as firmware has it: Linux maps what is merely reserved as shared memory, and the mailbox of a TD is private.</remarks>
    public static MemoryRange Mailbox { get; } = new(ConventionalEnd, 0x2000);

    /// <summary>Room for the log of what was measured.</summary>
    /// <remarks>ACPI NVS: Linux maps memory that is merely reserved as shared, and would not see what a TD has in private memory.</remarks>
    public static MemoryRange EventLog { get; } = new(0xD_0000, 0x1_0000);

    /// <summary>Room for ACPI tables; the RSDP comes first.</summary>
    /// <remarks>
    /// It must not reach into 0xF0000 without covering all of it: Linux claims 0xF0000 to 0xFFFFF for a system ROM, drops a range of the e820 map
    /// that crosses the border, and takes its tables for device memory, which in a TD is shared.
    /// </remarks>
    public static MemoryRange AcpiTables { get; } = new(0xE_0000, 0x1_0000);

    /// <summary>Room for the page tables and the GDT that processors start with.</summary>
    public static MemoryRange ProcessorTables { get; } = new(0xF_0000, 0x1_0000);

    /// <summary>Size of RAM in bytes.</summary>
    public ulong RamSize { get; }

    /// <summary>End of the RAM below 4 GiB.</summary>
    public ulong LowRamEnd { get; }

    /// <summary>The ranges of RAM, to allocate guest memory with.</summary>
    public IReadOnlyList<MemoryRange> Ram { get; }

    /// <summary>The map that the guest is given.</summary>
    public IReadOnlyList<E820Entry> E820 { get; }

    /// <summary>Lays out a machine's memory.</summary>
    /// <param name="ramSize">Bytes of RAM: a multiple of <see cref="GuestMemory.PageSize"/>, at least <see cref="MinimumRam"/>.</param>
    /// <exception cref="BootException"><see cref="BootError.DoesNotFit"/>: too little, or no whole number of pages.</exception>
    public static MemoryLayout Create(ulong ramSize)
    {
        if (ramSize < MinimumRam || ramSize % GuestMemory.PageSize != 0 || ramSize > long.MaxValue)
        {
            throw new BootException(
                BootError.DoesNotFit,
                $"memory size {ramSize}: a machine needs a multiple of {GuestMemory.PageSize} bytes, and at least {MinimumRam >> 20} MiB");
        }

        return new MemoryLayout(ramSize);
    }

    /// <summary>The highest free place for something that moves about, such as an initrd.</summary>
    /// <param name="size">Size in bytes.</param>
    /// <param name="lastAddress">The last address it may cover.</param>
    /// <param name="occupied">What is taken.</param>
    /// <returns>A page-aligned address at or above 1 MiB and below 4 GiB, or null when there is no room.</returns>
    public ulong? FindHighest(ulong size, ulong lastAddress, IEnumerable<MemoryRange> occupied)
    {
        ulong ceiling = lastAddress < LowRamEnd ? lastAddress + 1 : LowRamEnd;
        foreach (MemoryRange range in occupied.OrderByDescending(range => range.Gpa))
        {
            if (Below(ceiling, size, range.End) is { } place)
            {
                return place;
            }

            ceiling = Math.Min(ceiling, range.Gpa);
        }

        return Below(ceiling, size, ExtendedStart);
    }

    /// <summary>Refuses a range that is no RAM or that the boot structures need.</summary>
    internal void RequireLoadable(MemoryRange range, string image, string what)
    {
        if (_loadable.Any(loadable => loadable.Contains(range.Gpa, range.Size)))
        {
            return;
        }

        string hexadecimal = $"{image}: {what} (0x{range.Gpa:x}, {range.Size} bytes)";
        throw new BootException(
            BootError.DoesNotFit,
            range.Gpa < ExtendedStart
                ? $"{hexadecimal} overlaps the boot structures below 1 MiB; link the kernel at or above 0x{ExtendedStart:x}"
                : $"{hexadecimal} does not fit into the {LowRamEnd >> 20} MiB of RAM below 4 GiB; give the machine more memory");
    }

    private static ulong? Below(ulong ceiling, ulong size, ulong floor)
    {
        if (size > ceiling)
        {
            return null;
        }

        ulong place = (ceiling - size) & ~(GuestMemory.PageSize - 1);
        return place >= floor && place >= ExtendedStart ? place : null;
    }
}

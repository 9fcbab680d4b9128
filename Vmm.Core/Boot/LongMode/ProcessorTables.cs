using System.Runtime.InteropServices;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Boot.LongMode;

/// <summary>The identity map of the first 4 GiB and the GDT that all processors start with.</summary>
internal static class ProcessorTables
{
    private const ulong PresentWritable = 1 | 2;
    private const ulong LargePage = 1 << 7;
    private const ulong LargePageSize = 2 << 20;
    private const ulong MappedSize = 4UL << 30;
    private const int EntriesPerTable = (int)GuestMemory.PageSize / sizeof(ulong);
    private const ulong DirectoryReach = LargePageSize * EntriesPerTable;
    private const ulong Directories = MappedSize / DirectoryReach;

    private static readonly ulong[] Gdt = [0, 0, SegmentState.Code64.Descriptor, SegmentState.Data.Descriptor];

    private static ulong Pml4 => MemoryLayout.ProcessorTables.Gpa;

    private static ulong DirectoryPointers => Pml4 + GuestMemory.PageSize;

    private static ulong FirstDirectory => DirectoryPointers + GuestMemory.PageSize;

    private static ulong GdtAddress => FirstDirectory + (Directories * GuestMemory.PageSize);

    /// <summary>Writes the tables.</summary>
    /// <returns>What was written.</returns>
    internal static MemoryRange Write(GuestMemory memory)
    {
        memory.Clear(MemoryLayout.ProcessorTables);
        memory.Write(Pml4, DirectoryPointers | PresentWritable);
        for (ulong i = 0; i < Directories; i++)
        {
            memory.Write(DirectoryPointers + (i * sizeof(ulong)), (FirstDirectory + (i * GuestMemory.PageSize)) | PresentWritable);
        }

        Span<ulong> pages = MemoryMarshal.Cast<byte, ulong>(memory.GetSpan(FirstDirectory, (int)(Directories * GuestMemory.PageSize)));
        for (int i = 0; i < pages.Length; i++)
        {
            pages[i] = ((ulong)i * LargePageSize) | PresentWritable | LargePage;
        }

        memory.Write(GdtAddress, MemoryMarshal.AsBytes<ulong>(Gdt));
        return new MemoryRange(Pml4, GdtAddress - Pml4 + (ulong)Buffer.ByteLength(Gdt));
    }

    /// <summary>The state of a processor that starts on these tables.</summary>
    internal static ProcessorState Enter(ulong rip) => new()
    {
        Rip = rip,
        Cr3 = Pml4,
        GdtBase = GdtAddress,
        GdtLimit = (ushort)(Buffer.ByteLength(Gdt) - 1),
    };
}

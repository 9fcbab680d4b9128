using Vmm.Core.Boot;
using Vmm.Core.Memory;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>The pages that a direct kernel boot adds, in the order of loading.</summary>
/// <remarks>
/// MRTD measures what runs first, as it does where firmware boots: the kernel, the page tables it starts on, and the reset vector. What the kernel is given – initrd,
/// command line, boot_params, ACPI tables – is added too, by address only: its contents are in the RTMRs, see <see cref="LaunchEvents"/>. So each
/// byte that was loaded is in exactly one register, and a change of the command line leaves MRTD alone. Pages of zeros that nothing was loaded into
/// are not added.
/// </remarks>
public static class LaunchSections
{
    /// <summary>Copies what is measured, so that the guest may run while it is hashed.</summary>
    /// <param name="kernel">What was loaded; nothing of it has been changed since.</param>
    /// <param name="memory">Where it was loaded.</param>
    public static IReadOnlyList<LaunchSection> Of(BootedKernel kernel, GuestMemory memory)
    {
        return
        [
            .. PagesOf(kernel).Select(loaded =>
                new LaunchSection(NameOf(loaded.Content), loaded.Range, IsExtended(loaded.Content) ? Copy(memory, loaded.Range) : default)),
        ];
    }

    /// <summary>The pages of everything that was loaded, in the order of loading.</summary>
    internal static IReadOnlyList<LoadedRange> PagesOf(BootedKernel kernel)
    {
        List<LoadedRange> taken = [];
        foreach (LoadedRange loaded in kernel.Loaded)
        {
            MemoryRange pages = Free(Pages(loaded.Range), taken);
            if (pages.Size > 0)
            {
                taken.Add(new LoadedRange(loaded.Content, pages));
            }
        }

        return taken;
    }

    private static bool IsExtended(LoadedContent content) => content is LoadedContent.Kernel or LoadedContent.KernelPayload
        or LoadedContent.ProcessorTables or LoadedContent.ResetVector;

    internal static string NameOf(LoadedContent content) => content switch
    {
        LoadedContent.Kernel => "kernel",
        LoadedContent.KernelPayload => "kernel_payload",
        LoadedContent.Initrd => "initrd",
        LoadedContent.CommandLine => "kernel_cmdline",
        LoadedContent.BootParams => "boot_params",
        LoadedContent.AcpiTables => "acpi_tables",
        LoadedContent.ProcessorTables => "processor_tables",
        LoadedContent.ResetVector => "reset_vector",
        _ => throw new ArgumentOutOfRangeException(nameof(content), content, "nobody has said how this is measured"),
    };

    private static MemoryRange Pages(MemoryRange range)
    {
        ulong first = range.Gpa & ~(GuestMemory.PageSize - 1);
        ulong end = (range.End + GuestMemory.PageSize - 1) & ~(GuestMemory.PageSize - 1);
        return new MemoryRange(first, end - first);
    }

    /// <summary>A page can be added once: where two ranges meet inside of one, it belongs to the first.</summary>
    private static MemoryRange Free(MemoryRange pages, List<LoadedRange> taken)
    {
        bool IsTaken(ulong gpa) => taken.Exists(loaded => loaded.Range.Contains(gpa, 1));
        ulong first = pages.Gpa;
        ulong end = pages.End;
        while (first < end && IsTaken(first))
        {
            first += GuestMemory.PageSize;
        }

        while (first < end && IsTaken(end - GuestMemory.PageSize))
        {
            end -= GuestMemory.PageSize;
        }

        return new MemoryRange(first, end - first);
    }

    private static ReadOnlyMemory<byte> Copy(GuestMemory memory, MemoryRange pages) => memory.GetSpan(pages.Gpa, checked((int)pages.Size)).ToArray();
}

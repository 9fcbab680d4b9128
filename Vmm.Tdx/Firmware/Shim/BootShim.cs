using Vmm.Core.Memory;

namespace Vmm.Tdx.Firmware.Shim;

/// <summary>
/// The firmware of a direct boot on TDX hardware. There vCPUs cannot be entered where the VMM likes: all of them start at the reset vector, in 32-bit
/// protected mode without paging. This shim, two pages below 4 GiB, brings them to where the emulated backend enters its vCPUs at once: 64-bit mode
/// on <see cref="Core.Boot.LongMode"/>'s tables, the boot processor at the kernel with boot_params in RSI, the others at the wake-up mailbox.
/// </summary>
/// <remarks>
/// On its way it accepts all memory that the launch has not added, since a kernel that is booted without EFI takes RAM for usable, and extends the
/// RTMRs with what the loader has logged. What it is told (<see cref="ShimHandOver"/>) is measured into MRTD like its code.
/// </remarks>
public static class BootShim
{
    /// <summary>Where guest-physical addresses of 32 bits end, and firmware images with them.</summary>
    internal const ulong End = 1UL << 32;

    /// <summary>RIP of a TD's vCPU when it starts (TDX module, TDH.VP.INIT).</summary>
    internal const ulong ResetVector = End - 16;

    /// <summary>Both pages.</summary>
    public static MemoryRange Range { get; } = new(End - (2 * GuestMemory.PageSize), 2 * GuestMemory.PageSize);

    /// <summary>The page with what the shim is told.</summary>
    internal static MemoryRange HandOver { get; } = new(Range.Gpa, GuestMemory.PageSize);

    /// <summary>The page with its code, which is always the same.</summary>
    internal static MemoryRange Code { get; } = new(HandOver.End, GuestMemory.PageSize);

    /// <summary>Writes the shim.</summary>
    /// <param name="memory">Guest memory, with <see cref="Range"/> in it.</param>
    /// <param name="handOver">What it is told.</param>
    /// <exception cref="InvalidOperationException">That does not fit into its page.</exception>
    internal static void Write(GuestMemory memory, ShimHandOver handOver)
    {
        memory.Write(HandOver.Gpa, handOver.ToPage());
        memory.Write(Code.Gpa, ShimCode.Page);
    }
}

using System.Collections.Immutable;
using Vmm.Core.Kvm;

namespace Vmm.Tdx.Policies;

/// <summary>
/// How the TDX module treats the MSRs of a TD: some are native, some the module answers itself, some are #GP, and all the rest are #VE.
/// A VMM on plain KVM has those #VEs raised by KVM's MSR filter, or by the exit that KVM makes for an MSR it does not know.
/// </summary>
public static class MsrVirtualization
{
    // Native, checked or emulated by the module, gated by a feature, or always #GP: KVM does the same or refuses by itself.
    private static readonly MsrRange[] NeverVe =
    [
        0x48, 0x49, 0x10B, new(0x174, 0x176), 0x277, 0x600, 0x1B01,
        0xC000_0080, 0xC000_0081, 0xC000_0082, 0xC000_0084, new(0xC000_0100, 0xC000_0103),
        0xBD, 0x10A, 0x1D9, new(0x480, 0x492), 0xDA0,
        new(0xC1, 0xC8), new(0x186, 0x18D), new(0x1A6, 0x1A7), new(0x309, 0x310), 0x329, 0x345, new(0x38D, 0x392), new(0x3F1, 0x3F7), new(0x4C1, 0x4C8),
        0xE1, 0x122, new(0x1C4, 0x1C5), new(0x560, 0x587), new(0x6A0, 0x6A8), 0x6E1, new(0x985, 0x98A),
        new(0x1200, 0x12FF), new(0x14CE, 0x14CF), new(0x1500, 0x16FF),
        0x87, new(0x1F8, 0x1FA), new(0x981, 0x984),
        new(0x8C, 0x8F), new(0x98, 0x9B), 0x9E, 0x195, 0x276, 0x500, 0xD90, 0xD93,
    ];

    // Written only with a #VE.
    private static readonly MsrRange[] NeverVeOnRead = [0x10, 0xBC, 0xC80, 0x1A0];

    // #VE on hardware, but KVM's filter does not reach the x2APIC's, and the TSC deadline is the guest's timer: native is faster and as good.
    private static readonly MsrRange[] NotFiltered = [new(0x800, 0x8FF), 0x6E0];

    /// <summary>
    /// KVM's MSR filter for a TD: what KVM would serve by itself though it is a #VE in a TD. Exactly as many ranges as KVM takes.
    /// </summary>
    public static ImmutableArray<MsrFilterRange> Denied { get; } =
    [
        new(0x1B, 1, MsrFilterAccess.ReadWrite), // APIC_BASE
        new(0x3A, 1, MsrFilterAccess.ReadWrite), // FEAT_CTL
        new(0x8B, 1, MsrFilterAccess.ReadWrite), // UCODE_REV
        new(0xCE, 1, MsrFilterAccess.ReadWrite), // PLATFORM_INFO
        new(0xFE, 1, MsrFilterAccess.ReadWrite), // MTRRcap
        new(0x140, 1, MsrFilterAccess.ReadWrite), // MISC_FEATURES_ENABLES
        new(0x179, 3, MsrFilterAccess.ReadWrite), // MCG_CAP, MCG_STATUS, MCG_CTL
        new(0x1FC, 1, MsrFilterAccess.ReadWrite), // POWER_CTL
        new(0x200, 0x70, MsrFilterAccess.ReadWrite), // MTRRs
        new(0x280, 0x20, MsrFilterAccess.ReadWrite), // MCi_CTL2
        new(0x2FF, 1, MsrFilterAccess.ReadWrite), // MTRRdefType
        new(0x400, 0x80, MsrFilterAccess.ReadWrite), // MCi banks
        new(0x4D0, 1, MsrFilterAccess.ReadWrite), // MCG_EXT_CTL
        new(0x10, 1, MsrFilterAccess.Write), // TSC
        new(0x1A0, 1, MsrFilterAccess.Write), // MISC_ENABLE
        new(0x4B56_4D00, 0x100, MsrFilterAccess.ReadWrite), // KVM's own
    ];

    /// <summary>Whether an access is a #VE in a TD, as far as plain KVM can make it one. Decides about MSRs that KVM does not know, too.</summary>
    public static bool RaisesVe(uint index, bool write) =>
        !Contains(NeverVe, index)
        && !Contains(NotFiltered, index)
        && (write || !Contains(NeverVeOnRead, index));

    private static bool Contains(MsrRange[] ranges, uint index)
    {
        foreach (MsrRange range in ranges)
        {
            if (range.Contains(index))
            {
                return true;
            }
        }

        return false;
    }
}

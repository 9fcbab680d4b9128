using System.Collections.Immutable;
using Vmm.Core.Kvm;

namespace Vmm.Tdx.Policies;

/// <summary>
/// How the TDX module treats the MSRs of a TD: some are native, some the module answers itself, some are #GP, and all the rest are #VE.
/// A VMM on plain KVM has those #VEs raised by KVM's MSR filter.
/// </summary>
public static class MsrVirtualization
{
    private const uint RangeSize = 0x2000; // what VMX's MSR bitmaps reach, and with them the filter
    private const uint LowRange = 0;
    private const uint HighRange = 0xC000_0000;
    private const int BitsPerByte = 8;

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

    /// <summary>Whether an access is turned into a #VE.</summary>
    public static bool RaisesVe(uint index, bool write) =>
        !Contains(NeverVe, index)
        && !Contains(NotFiltered, index)
        && (write || !Contains(NeverVeOnRead, index));

    /// <summary>KVM's MSR filter for a TD.</summary>
    public static ImmutableArray<MsrFilterRange> FilterRanges() =>
    [
        Range(LowRange, write: false), Range(LowRange, write: true), Range(HighRange, write: false), Range(HighRange, write: true),
    ];

    private static MsrFilterRange Range(uint first, bool write)
    {
        byte[] allowed = new byte[RangeSize / BitsPerByte];
        Allow(NeverVe, first, allowed);
        Allow(NotFiltered, first, allowed);
        if (!write)
        {
            Allow(NeverVeOnRead, first, allowed);
        }

        return new MsrFilterRange(first, RangeSize, write ? MsrFilterAccess.Write : MsrFilterAccess.Read, [.. allowed]);
    }

    private static void Allow(MsrRange[] ranges, uint first, Span<byte> allowed)
    {
        foreach (MsrRange range in ranges)
        {
            for (uint i = range.First - first; i <= range.Last - first && i < RangeSize; i++)
            {
                allowed[(int)(i / BitsPerByte)] |= (byte)(1 << (int)(i % BitsPerByte));
            }
        }
    }

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

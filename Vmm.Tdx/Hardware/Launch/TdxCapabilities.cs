using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>What a TD can be given on this host (KVM_TDX_CAPABILITIES).</summary>
/// <param name="Attributes">ATTRIBUTES that may be set.</param>
/// <param name="Xfam">XFAM bits that may be set.</param>
/// <param name="Cpuid">Masks of the CPUID bits that can be configured, one an input.</param>
public sealed record TdxCapabilities(TdAttributes Attributes, Xfam Xfam, IReadOnlyList<CpuidEntry> Cpuid)
{
    // X87 and SSE are fixed to 1 in every TD (TDX module, XFAM_FIXED1).
    private const Xfam XfamFixed1 = Abi.Xfam.X87 | Abi.Xfam.Sse;

    private const int BitsOfWord = 64;

    /// <summary>Takes them from KVM.</summary>
    public static TdxCapabilities From(in KvmTdxCapabilities capabilities, KvmCpuidEntry2[] cpuid) =>
        new((TdAttributes)capabilities.SupportedAttrs, (Xfam)capabilities.SupportedXfam, [.. cpuid.Select(entry => CpuidEntry.From(in entry))]);

    /// <summary>Checks what a TD is to be.</summary>
    /// <exception cref="TdxLaunchException">This host cannot give it; the message names bit and feature.</exception>
    public void Check(TdxParameters td)
    {
        RequireOffered("td.attributes", td.Attributes, Attributes);
        RequireOffered("td.xfam", td.Xfam, Xfam);
        if ((td.Xfam & XfamFixed1) != XfamFixed1)
        {
            throw Refused($"td.xfam: 0x{(ulong)td.Xfam:x} lacks {SpecNames.OfFlags(XfamFixed1 & ~td.Xfam)}, which every TD has; set bits 0 and 1");
        }

        if (td.GpaWidth.Bits is not (GpaWidth.Usual or GpaWidth.Widest))
        {
            throw Refused($"td.gpaw: {td.GpaWidth.Bits} bits are asked for, and TDX hardware has {GpaWidth.Usual} and {GpaWidth.Widest}; use one of them");
        }

        if (td.TscKhz is < X86Platform.LeastTscKhz or > X86Platform.MostTscKhz || td.TscKhz % X86Platform.CrystalKhz != 0)
        {
            throw Refused($"TSC: {td.TscKhz} kHz is no multiple of 25 MHz from 100 MHz to 10 GHz, as a TD's must be");
        }
    }

    private static void RequireOffered<T>(string key, T asked, T offered)
        where T : struct, Enum
    {
        ulong missing = Convert.ToUInt64(asked, null) & ~Convert.ToUInt64(offered, null);
        string[] bits = [.. Enumerable.Range(0, BitsOfWord).Where(bit => (missing >> bit & 1) != 0).Select(bit => $"bit {bit} ({NameOf<T>(bit)})")];
        if (bits.Length > 0)
        {
            throw Refused($"{key}: this host does not offer {string.Join(", ", bits)}; it offers 0x{Convert.ToUInt64(offered, null):x}: {SpecNames.OfFlags(offered)}");
        }
    }

    private static string NameOf<T>(int bit)
        where T : struct, Enum
    {
        T value = Enum.GetValues<T>().FirstOrDefault(value => Convert.ToUInt64(value, null) == 1UL << bit);
        return Convert.ToUInt64(value, null) == 0 ? "reserved" : SpecNames.Of(value);
    }

    private static TdxLaunchException Refused(string reason) => new(TdxLaunchStep.Parameters, reason);
}

using Vmm.Core.Machine;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>
/// The CPUID values of a TD, from the table that the policy makes. The TDX module fixes most of CPUID itself; only bits that it lets be configured may
/// be named, and leaves that have none may not be there at all (tdx.c, setup_tdparams_cpuids).
/// </summary>
internal static class TdxCpuid
{
    private const int GpaWidthShift = 16;
    private const uint GpaWidthMask = 0xFF << GpaWidthShift;

    // KVM refuses TDs with TSX or WAITPKG (tdx.c, has_tsx and has_waitpkg): it does not switch their MSRs.
    private const uint Tsx = (1 << 4) | (1 << 11);
    private const uint WaitPkg = 1 << 5;

    private const uint X2Apic = 1 << 21;

    /// <summary>What KVM_TDX_INIT_VM is given.</summary>
    /// <param name="table">CPUID of the first vCPU.</param>
    /// <param name="capabilities">What can be configured.</param>
    /// <param name="width">Goes into leaf 0x80000008.</param>
    /// <exception cref="TdxLaunchException">KVM does not let the width be configured.</exception>
    internal static CpuidEntry[] Configure(CpuidTable table, TdxCapabilities capabilities, GpaWidth width)
    {
        CpuidEntry[] entries = [.. capabilities.Cpuid.Select(mask => Configure(table, in mask, width))];
        return Array.Exists(entries, entry => entry.Function == CpuidLeaf.AddressSizes)
            ? entries
            : throw new TdxLaunchException(TdxLaunchStep.Capabilities, "KVM does not offer CPUID leaf 0x80000008, by which the width of addresses is chosen: use Linux 6.16 or later");
    }

    /// <summary>What KVM_SET_CPUID2 is given: KVM itself needs to see that the APIC is an x2APIC before it makes a TD's vCPU.</summary>
    internal static CpuidEntry[] ForVcpu(CpuidTable table) =>
        [.. table.Entries.Select(entry => entry.Function == CpuidLeaf.Features ? entry with { Ecx = entry.Ecx | X2Apic } : entry)];

    private static CpuidEntry Configure(CpuidTable table, in CpuidEntry mask, GpaWidth width)
    {
        CpuidEntry value = table.Find(mask.Function, mask.Index) ?? default;
        CpuidEntry entry = mask with
        {
            Eax = value.Eax & mask.Eax,
            Ebx = value.Ebx & mask.Ebx,
            Ecx = value.Ecx & mask.Ecx,
            Edx = value.Edx & mask.Edx,
        };
        return (entry.Function, entry.Index) switch
        {
            (CpuidLeaf.AddressSizes, _) => entry with { Eax = (entry.Eax & ~GpaWidthMask) | ((uint)width.Bits << GpaWidthShift) },
            (CpuidLeaf.StructuredFeatures, 0) => entry with { Ebx = entry.Ebx & ~Tsx, Ecx = entry.Ecx & ~WaitPkg },
            _ => entry,
        };
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;

namespace Vmm.Host.Composition;

/// <summary>What KVM on this host can show a guest through CPUID.</summary>
/// <param name="Entries">All leaves.</param>
public sealed record HostCpuid(ImmutableArray<CpuidEntry> Entries)
{
    private const uint AddressSizesLeaf = 0x8000_0008;
    private const int LeastPhysicalBits = 36;
    private const uint WidthMask = 0xFF;

    /// <summary>Width of physical addresses.</summary>
    public int PhysicalBits => Math.Max(LeastPhysicalBits, (int)(Entries.FirstOrDefault(entry => entry.Function == AddressSizesLeaf).Eax & WidthMask));

    /// <summary>Asks KVM.</summary>
    public static HostCpuid Read(KvmSystem kvm) => new(ImmutableCollectionsMarshal.AsImmutableArray(Array.ConvertAll(kvm.GetSupportedCpuid(), entry => CpuidEntry.From(in entry))));
}

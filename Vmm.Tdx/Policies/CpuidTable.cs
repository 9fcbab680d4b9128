using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Policies;

/// <summary>The CPUID of one vCPU: what KVM is given, and what TDVMCALL Instruction.CPUID answers from.</summary>
public sealed class CpuidTable
{
    private const uint HypervisorClass = 0xFFFF_FF00;
    private const uint AmdVendor = 0x6874_7541; // EBX of "AuthenticAMD"
    private const uint HygonVendor = 0x6F67_7948; // EBX of "HygonGenuine"
    private const uint TopologyLevel = 0xFF;

    private readonly bool _isAmdCompatible;

    /// <summary>Makes a table.</summary>
    /// <param name="entries">In any order; one an input.</param>
    public CpuidTable(IEnumerable<CpuidEntry> entries)
    {
        CpuidEntry[] sorted = [.. entries];
        Array.Sort(sorted, (one, other) => one.Function != other.Function ? one.Function.CompareTo(other.Function) : one.Index.CompareTo(other.Index));
        Entries = ImmutableCollectionsMarshal.AsImmutableArray(sorted);
        _isAmdCompatible = Find(CpuidLeaf.Basic, 0)?.Ebx is AmdVendor or HygonVendor;
        KvmFeatures = (KvmFeatures)(Find(CpuidLeaf.KvmFeatures, 0)?.Eax ?? 0);
    }

    /// <summary>The entries in ascending order, for KVM_SET_CPUID2.</summary>
    public ImmutableArray<CpuidEntry> Entries { get; }

    /// <summary>The entries as KVM takes them.</summary>
    internal KvmCpuidEntry2[] ToKvm()
    {
        KvmCpuidEntry2[] entries = new KvmCpuidEntry2[Entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = Entries[i].ToKvm();
        }

        return entries;
    }

    /// <summary>The paravirtual features offered in leaf 0x40000001.</summary>
    public KvmFeatures KvmFeatures { get; }

    /// <summary>Answers a CPUID as KVM does, inputs out of range included. Allocates nothing.</summary>
    /// <param name="function">EAX.</param>
    /// <param name="index">ECX.</param>
    public CpuidResult Execute(uint function, uint index)
    {
        CpuidEntry? entry = Find(function, index);
        if (entry is null && TryRedirect(ref function))
        {
            entry = Find(function, index);
        }

        if (entry is { } found)
        {
            return new CpuidResult(found.Eax, found.Ebx, found.Ecx, found.Edx);
        }

        // Undefined sub-leaves of the topology leaves still pass CL through and tell the x2APIC id.
        return function is CpuidLeaf.Topology or CpuidLeaf.TopologyV2 && Find(function, 1) is { } level
            ? new CpuidResult(0, 0, index & TopologyLevel, level.Edx)
            : default;
    }

    /// <summary>The entry of an input, or null.</summary>
    public CpuidEntry? Find(uint function, uint index)
    {
        foreach (ref readonly CpuidEntry entry in Entries.AsSpan())
        {
            if (entry.Function == function && (!entry.HasIndex || entry.Index == index))
            {
                return entry;
            }
        }

        return null;
    }

    // Intel's rule: a leaf above the maximum of its class reads as the highest basic leaf. AMD's CPUs answer zeros.
    private bool TryRedirect(ref uint function)
    {
        if (_isAmdCompatible || Find(CpuidLeaf.Basic, 0) is not { } basic)
        {
            return false;
        }

        uint first = function switch
        {
            >= CpuidLeaf.Hypervisor and <= CpuidLeaf.HypervisorLast => function & HypervisorClass,
            >= CpuidLeaf.Centaur => CpuidLeaf.Centaur,
            _ => function & CpuidLeaf.Extended,
        };
        if (Find(first, 0) is { } top && function <= top.Eax)
        {
            return false;
        }

        function = basic.Eax;
        return true;
    }
}

using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Machine;

/// <summary>One leaf or sub-leaf of CPUID, as KVM takes and gives it.</summary>
/// <param name="Function">EAX on input: the leaf.</param>
/// <param name="Index">ECX on input: the sub-leaf.</param>
/// <param name="Flags">Bit 0: the leaf has sub-leaves, <paramref name="Index"/> is significant.</param>
/// <param name="Eax">EAX on output.</param>
/// <param name="Ebx">EBX on output.</param>
/// <param name="Ecx">ECX on output.</param>
/// <param name="Edx">EDX on output.</param>
public readonly record struct CpuidEntry(uint Function, uint Index, uint Flags, uint Eax, uint Ebx, uint Ecx, uint Edx)
{
    /// <summary>KVM_CPUID_FLAG_SIGNIFCANT_INDEX.</summary>
    public const uint SignificantIndex = 1;

    /// <summary>Whether the leaf has sub-leaves.</summary>
    public bool HasIndex => (Flags & SignificantIndex) != 0;

    /// <summary>Takes an entry from KVM.</summary>
    public static CpuidEntry From(in KvmCpuidEntry2 entry) =>
        new(entry.Function, entry.Index, entry.Flags, entry.Eax, entry.Ebx, entry.Ecx, entry.Edx);

    /// <summary>The entry as KVM takes it.</summary>
    public KvmCpuidEntry2 ToKvm() => new()
    {
        Function = Function,
        Index = Index,
        Flags = Flags,
        Eax = Eax,
        Ebx = Ebx,
        Ecx = Ecx,
        Edx = Edx,
    };
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Head of a CPUID table, <c>struct kvm_cpuid2</c> (asm/kvm.h); the entries follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmCpuid2
{
    /// <summary>Number of entries: capacity in, count out.</summary>
    public uint Count;

    private readonly uint _padding;
}

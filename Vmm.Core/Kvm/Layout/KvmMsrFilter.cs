using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>The MSR filter, <c>struct kvm_msr_filter</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmMsrFilter
{
    /// <summary>0: registers in no range are allowed.</summary>
    public uint Flags;

    private readonly uint _padding;

    /// <summary>The ranges (KVM_MSR_FILTER_MAX_RANGES); unused ones are zero.</summary>
    public RangeArray Ranges;

    /// <summary>16 elements.</summary>
    [InlineArray(16)]
    public struct RangeArray
    {
        private KvmMsrFilterRange _element;
    }
}

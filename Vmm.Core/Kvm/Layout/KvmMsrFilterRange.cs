using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>A range of the MSR filter, <c>struct kvm_msr_filter_range</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmMsrFilterRange
{
    /// <summary>KVM_MSR_FILTER_READ (1), KVM_MSR_FILTER_WRITE (2).</summary>
    public uint Flags;

    /// <summary>Number of registers.</summary>
    public uint Count;

    /// <summary>First register.</summary>
    public uint Base;

    private readonly uint _padding;

    /// <summary>Host address of one bit a register: 1 allows, 0 denies.</summary>
    public ulong Bitmap;
}

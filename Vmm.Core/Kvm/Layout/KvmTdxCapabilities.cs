using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>What a TD can be given on this host, <c>struct kvm_tdx_capabilities</c> (asm/kvm.h); CPUID entries follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmTdxCapabilities
{
    /// <summary>TD ATTRIBUTES that may be set.</summary>
    public ulong SupportedAttrs;

    /// <summary>XFAM bits that may be set.</summary>
    public ulong SupportedXfam;

    /// <summary>GetTdVmCallInfo leaf 1, R11: TDVMCALL sub-functions that the kernel serves.</summary>
    public ulong KernelR11;

    /// <summary>GetTdVmCallInfo leaf 1, R11: TDVMCALL sub-functions that user space may serve.</summary>
    public ulong UserR11;

    /// <summary>GetTdVmCallInfo leaf 1, R12: instructions that the kernel serves.</summary>
    public ulong KernelR12;

    /// <summary>GetTdVmCallInfo leaf 1, R12: instructions that user space may serve.</summary>
    public ulong UserR12;

    private readonly Reserved250 _reserved;

    /// <summary>Head of the CPUID bits that can be configured.</summary>
    public KvmCpuid2 Cpuid;

    [InlineArray(250)]
    private struct Reserved250
    {
        private ulong _element;
    }
}

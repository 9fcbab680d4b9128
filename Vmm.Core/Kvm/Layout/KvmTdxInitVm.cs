using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Parameters of a TD, <c>struct kvm_tdx_init_vm</c> (asm/kvm.h); CPUID entries follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmTdxInitVm
{
    /// <summary>TD ATTRIBUTES.</summary>
    public ulong Attributes;

    /// <summary>XFAM.</summary>
    public ulong Xfam;

    /// <summary>MRCONFIGID.</summary>
    public Digest MrConfigId;

    /// <summary>MROWNER.</summary>
    public Digest MrOwner;

    /// <summary>MROWNERCONFIG.</summary>
    public Digest MrOwnerConfig;

    private readonly Reserved12 _reserved;

    /// <summary>Head of the CPUID values.</summary>
    public KvmCpuid2 Cpuid;

    /// <summary>The size of a SHA-384 digest, in bytes.</summary>
    [InlineArray(48)]
    public struct Digest
    {
        private byte _element;
    }

    [InlineArray(12)]
    private struct Reserved12
    {
        private ulong _element;
    }
}

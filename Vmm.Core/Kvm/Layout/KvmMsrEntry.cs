using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>One model-specific register, <c>struct kvm_msr_entry</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmMsrEntry
{
    /// <summary>Register number.</summary>
    public uint Index;

    private readonly uint _reserved;

    /// <summary>Its value.</summary>
    public ulong Data;
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Head of an MSR list, <c>struct kvm_msrs</c> (asm/kvm.h); the entries follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmMsrs
{
    /// <summary>Number of entries.</summary>
    public uint Count;

    private readonly uint _padding;
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Registers in the page shared with KVM, <c>struct kvm_sync_regs</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmSyncRegs
{
    /// <summary>General registers.</summary>
    public KvmRegs Regs;

    /// <summary>Segments and control registers.</summary>
    public KvmSregs Sregs;

    /// <summary>Events.</summary>
    public KvmVcpuEvents Events;
}

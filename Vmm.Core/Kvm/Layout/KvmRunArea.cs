using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>The page shared with KVM, <c>struct kvm_run</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmRunArea
{
    /// <summary>Ask for an exit when interrupts can be injected (not used with an in-kernel APIC).</summary>
    public byte RequestInterruptWindow;

    /// <summary>1: KVM_RUN returns at once with EINTR, after completing what the last exit left open.</summary>
    public byte ImmediateExit;

    private readonly Padding6 _padding;

    /// <summary>Why KVM_RUN returned.</summary>
    public KvmExitReason ExitReason;

    /// <summary>1 if an interrupt could be injected.</summary>
    public byte ReadyForInterruptInjection;

    /// <summary>RFLAGS.IF.</summary>
    public byte InterruptFlag;

    /// <summary>KVM_RUN_X86_*.</summary>
    public ushort Flags;

    /// <summary>Task priority.</summary>
    public ulong Cr8;

    /// <summary>IA32_APIC_BASE.</summary>
    public ulong ApicBase;

    /// <summary>Details of the exit.</summary>
    public KvmExitUnion Exit;

    /// <summary>Which registers KVM stores at every exit.</summary>
    public KvmSync ValidRegs;

    /// <summary>Which registers KVM loads at the next entry.</summary>
    public KvmSync DirtyRegs;

    /// <summary>The registers.</summary>
    public KvmSyncUnion Sync;

    [InlineArray(6)]
    private struct Padding6
    {
        private byte _element;
    }
}

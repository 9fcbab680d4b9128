using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary><c>struct kvm_signal_mask</c> (linux/kvm.h) with the kernel's 64-bit signal set behind it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(uint))]
public struct KvmSignalMask
{
    /// <summary>Size of the set in bytes.</summary>
    public uint Length;

    /// <summary>Signals blocked inside KVM_RUN: bit n-1 for signal n.</summary>
    public ulong Blocked;
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Head of the interrupt routing table, <c>struct kvm_irq_routing</c> (linux/kvm.h); the entries follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmIrqRouting
{
    /// <summary>Number of entries.</summary>
    public uint Count;

    /// <summary>0.</summary>
    public uint Flags;
}

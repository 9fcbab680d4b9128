using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>The part of <c>struct kvm_run</c> whose meaning depends on the exit reason.</summary>
[StructLayout(LayoutKind.Explicit, Size = PaddedSize)]
public struct KvmExitUnion
{
    // char padding[256] in linux/kvm.h
    private const int PaddedSize = 256;

    /// <summary>KVM_EXIT_IO.</summary>
    [FieldOffset(0)]
    public KvmExitIo Io;

    /// <summary>KVM_EXIT_MMIO.</summary>
    [FieldOffset(0)]
    public KvmExitMmio Mmio;

    /// <summary>KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR.</summary>
    [FieldOffset(0)]
    public KvmExitMsr Msr;

    /// <summary>KVM_EXIT_HYPERCALL.</summary>
    [FieldOffset(0)]
    public KvmExitHypercall Hypercall;

    /// <summary>KVM_EXIT_INTERNAL_ERROR.</summary>
    [FieldOffset(0)]
    public KvmExitInternal Internal;

    /// <summary>KVM_EXIT_SYSTEM_EVENT.</summary>
    [FieldOffset(0)]
    public KvmExitSystemEvent SystemEvent;

    /// <summary>KVM_EXIT_FAIL_ENTRY.</summary>
    [FieldOffset(0)]
    public KvmExitFailEntry FailEntry;

    /// <summary>KVM_EXIT_MEMORY_FAULT.</summary>
    [FieldOffset(0)]
    public KvmExitMemoryFault MemoryFault;

    /// <summary>KVM_EXIT_TDX.</summary>
    [FieldOffset(0)]
    public KvmExitTdx Tdx;

    /// <summary>KVM_EXIT_IOAPIC_EOI: the vector.</summary>
    [FieldOffset(0)]
    public byte EoiVector;
}

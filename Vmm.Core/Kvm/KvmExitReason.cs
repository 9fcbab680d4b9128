namespace Vmm.Core.Kvm;

/// <summary>KVM_EXIT_* (linux/kvm.h).</summary>
public enum KvmExitReason : uint
{
    /// <summary>Unknown hardware reason.</summary>
    Unknown = 0,

    /// <summary>Exception.</summary>
    Exception = 1,

    /// <summary>Port I/O.</summary>
    Io = 2,

    /// <summary>Hypercall.</summary>
    Hypercall = 3,

    /// <summary>Breakpoint or single step.</summary>
    Debug = 4,

    /// <summary>HLT (only without an in-kernel APIC).</summary>
    Hlt = 5,

    /// <summary>Memory-mapped I/O.</summary>
    Mmio = 6,

    /// <summary>Interrupt window.</summary>
    IrqWindowOpen = 7,

    /// <summary>Triple fault.</summary>
    Shutdown = 8,

    /// <summary>The processor refused the guest state.</summary>
    FailEntry = 9,

    /// <summary>A signal.</summary>
    Intr = 10,

    /// <summary>KVM cannot go on.</summary>
    InternalError = 17,

    /// <summary>System event.</summary>
    SystemEvent = 24,

    /// <summary>End of a level interrupt of the user-space I/O APIC.</summary>
    IoapicEoi = 26,

    /// <summary>RDMSR.</summary>
    X86Rdmsr = 29,

    /// <summary>WRMSR.</summary>
    X86Wrmsr = 30,

    /// <summary>Bus lock.</summary>
    X86BusLock = 33,

    /// <summary>Xen hypercall.</summary>
    Xen = 34,

    /// <summary>Notify window.</summary>
    Notify = 37,

    /// <summary>Access that memory attributes or mappings forbid.</summary>
    MemoryFault = 39,

    /// <summary>TDVMCALL that the kernel forwards.</summary>
    Tdx = 40,
}

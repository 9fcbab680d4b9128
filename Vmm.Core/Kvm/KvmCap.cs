namespace Vmm.Core.Kvm;

/// <summary>KVM_CAP_* (linux/kvm.h) that this project asks for.</summary>
public enum KvmCap : uint
{
    /// <summary>In-kernel interrupt controllers.</summary>
    Irqchip = 0,

    /// <summary>Recommended number of vCPUs.</summary>
    NrVcpus = 9,

    /// <summary>Interrupt routing; the value is the number of routes.</summary>
    IrqRouting = 25,

    /// <summary>Interrupts by eventfd.</summary>
    Irqfd = 32,

    /// <summary>Guest writes that signal an eventfd.</summary>
    Ioeventfd = 36,

    /// <summary>KVM_GET/SET_VCPU_EVENTS.</summary>
    VcpuEvents = 41,

    /// <summary>Guest TSC frequency by scaling.</summary>
    TscControl = 60,

    /// <summary>Largest number of vCPUs.</summary>
    MaxVcpus = 66,

    /// <summary>TSC deadline timer.</summary>
    TscDeadlineTimer = 72,

    /// <summary>Registers in the shared page; the value is a KVM_SYNC_X86_* mask.</summary>
    SyncRegs = 74,

    /// <summary>KVM_SIGNAL_MSI.</summary>
    SignalMsi = 77,

    /// <summary>APIC in the kernel, I/O APIC in user space.</summary>
    SplitIrqchip = 121,

    /// <summary>Guest writes of any length that signal an eventfd.</summary>
    IoeventfdAnyLength = 122,

    /// <summary>32-bit APIC ids.</summary>
    X2apicApi = 129,

    /// <summary>kvm_run.immediate_exit.</summary>
    ImmediateExit = 136,

    /// <summary>MSR accesses that exit to user space.</summary>
    X86UserSpaceMsr = 188,

    /// <summary>MSR filter.</summary>
    X86MsrFilter = 189,

    /// <summary>Paravirtual features only for guests whose CPUID offers them.</summary>
    EnforcePvFeatureCpuid = 190,

    /// <summary>Hypercalls that exit to user space.</summary>
    ExitHypercall = 201,

    /// <summary>KVM_SET_TSC_KHZ on a VM.</summary>
    VmTscControl = 214,

    /// <summary>KVM_SET_USER_MEMORY_REGION2.</summary>
    UserMemory2 = 231,

    /// <summary>KVM_EXIT_MEMORY_FAULT.</summary>
    MemoryFaultInfo = 232,

    /// <summary>Memory attributes.</summary>
    MemoryAttributes = 233,

    /// <summary>guest_memfd.</summary>
    GuestMemfd = 234,

    /// <summary>Bitmap of VM types.</summary>
    VmTypes = 235,

    /// <summary>APIC timer frequency.</summary>
    X86ApicBusCyclesNs = 237,
}

using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Tests.Kvm;

/// <summary>What a struct of ours is called in the kernel's headers.</summary>
/// <param name="Type">Our struct.</param>
/// <param name="KernelName">The kernel's struct.</param>
/// <param name="Prefix">Path of the member of it that ours is, with a dot; empty for the whole.</param>
/// <param name="Names">Our field → its path there, where lower_snake_case of our name is not it.</param>
internal sealed record KernelLayout(Type Type, string KernelName, string Prefix, IReadOnlyDictionary<string, string> Names)
{
    /// <summary>Every struct of the layout folder.</summary>
    public static IReadOnlyList<KernelLayout> All { get; } =
    [
        Whole<KvmCpuid2>("kvm_cpuid2", ("Count", "nent")),
        Whole<KvmCpuidEntry2>("kvm_cpuid_entry2"),
        Whole<KvmCreateGuestMemfd>("kvm_create_guest_memfd"),
        Whole<KvmDtable>("kvm_dtable"),
        Whole<KvmEnableCap>("kvm_enable_cap"),
        Whole<KvmIoeventfd>("kvm_ioeventfd", ("DataMatch", "datamatch"), ("Address", "addr"), ("Length", "len")),
        Whole<KvmIrqRouting>("kvm_irq_routing", ("Count", "nr")),
        Whole<KvmIrqRoutingEntry>(
            "kvm_irq_routing_entry", ("MsiAddressLow", "u.msi.address_lo"), ("MsiAddressHigh", "u.msi.address_hi"), ("MsiData", "u.msi.data")),
        Whole<KvmIrqfd>("kvm_irqfd", ("ResampleFd", "resamplefd")),
        Whole<KvmMemoryAttributes>("kvm_memory_attributes"),
        Whole<KvmMsi>("kvm_msi", ("AddressLow", "address_lo"), ("AddressHigh", "address_hi"), ("DeviceId", "devid")),
        Whole<KvmMsrEntry>("kvm_msr_entry"),
        Whole<KvmMsrFilter>("kvm_msr_filter"),
        Whole<KvmMsrFilterRange>("kvm_msr_filter_range", ("Count", "nmsrs")),
        Whole<KvmMsrs>("kvm_msrs", ("Count", "nmsrs")),
        Whole<KvmRegs>("kvm_regs"),
        Whole<KvmSegment>("kvm_segment"),
        Whole<KvmSregs>("kvm_sregs", ("Interrupts", "interrupt_bitmap")),
        Whole<KvmSyncRegs>("kvm_sync_regs"),
        Whole<KvmTdxCapabilities>(
            "kvm_tdx_capabilities",
            ("KernelR11", "kernel_tdvmcallinfo_1_r11"),
            ("UserR11", "user_tdvmcallinfo_1_r11"),
            ("KernelR12", "kernel_tdvmcallinfo_1_r12"),
            ("UserR12", "user_tdvmcallinfo_1_r12")),
        Whole<KvmTdxCmd>("kvm_tdx_cmd"),
        Whole<KvmTdxInitMemRegion>("kvm_tdx_init_mem_region"),
        Whole<KvmTdxInitVm>("kvm_tdx_init_vm", ("MrConfigId", "mrconfigid"), ("MrOwner", "mrowner"), ("MrOwnerConfig", "mrownerconfig")),
        Whole<KvmUserspaceMemoryRegion>(
            "kvm_userspace_memory_region", ("GuestPhysicalAddress", "guest_phys_addr"), ("UserspaceAddress", "userspace_addr")),
        Whole<KvmUserspaceMemoryRegion2>(
            "kvm_userspace_memory_region2", ("GuestPhysicalAddress", "guest_phys_addr"), ("UserspaceAddress", "userspace_addr")),
        Whole<KvmVcpuEvents>(
            "kvm_vcpu_events", ("Exception", "exception.injected"), ("TripleFaultPending", "triple_fault")),
        Whole<KvmRunArea>(
            "kvm_run",
            ("RequestInterruptWindow", "request_interrupt_window"),
            ("InterruptFlag", "if_flag"),
            ("Exit", "io.direction"),
            ("ValidRegs", "kvm_valid_regs"),
            ("DirtyRegs", "kvm_dirty_regs"),
            ("Sync", "s.regs")),
        Part<KvmExceptionEvent>("kvm_vcpu_events", "exception.", ("Vector", "nr")),
        Part<KvmExitFailEntry>("kvm_run", "fail_entry.", ("HardwareReason", "hardware_entry_failure_reason")),
        Part<KvmExitHypercall>("kvm_run", "hypercall.", ("Number", "nr"), ("Result", "ret")),
        Part<KvmExitInternal>("kvm_run", "internal.", ("SubError", "suberror"), ("Count", "ndata")),
        Part<KvmExitIo>("kvm_run", "io."),
        Part<KvmExitMemoryFault>("kvm_run", "memory_fault."),
        Part<KvmExitMmio>("kvm_run", "mmio.", ("PhysicalAddress", "phys_addr"), ("Length", "len")),
        Part<KvmExitMsr>("kvm_run", "msr."),
        Part<KvmExitSystemEvent>("kvm_run", "system_event.", ("Count", "ndata")),
        Part<KvmExitTdx>(
            "kvm_run", "tdx.", ("Number", "nr"), ("GetQuote", "get_quote.ret"), ("GetInfo", "get_tdvmcall_info.ret"), ("SetupNotify", "setup_event_notify.ret")),
        Part<KvmExitTdxGetInfo>("kvm_run", "tdx.get_tdvmcall_info.", ("Result", "ret")),
        Part<KvmExitTdxGetQuote>("kvm_run", "tdx.get_quote.", ("Result", "ret")),
        Part<KvmExitTdxSetupNotify>("kvm_run", "tdx.setup_event_notify.", ("Result", "ret")),
    ];

    /// <summary>Structs whose layout follows from others: unions of listed ones, and two that the headers have no offsets of.</summary>
    public static IReadOnlyList<Type> Others { get; } =
        [typeof(KvmExitUnion), typeof(KvmSyncUnion), typeof(KvmInterruptEvent), typeof(KvmNmiEvent), typeof(KvmSignalMask)];

    /// <summary>Whether ours is the kernel's whole struct, so that sizes must agree.</summary>
    public bool IsWhole => Prefix.Length == 0;

    public override string ToString() => Type.Name;

    private static KernelLayout Whole<T>(string kernelName, params (string Ours, string Theirs)[] names) => Part<T>(kernelName, "", names);

    private static KernelLayout Part<T>(string kernelName, string prefix, params (string Ours, string Theirs)[] names) =>
        new(typeof(T), kernelName, prefix, names.ToDictionary(name => name.Ours, name => name.Theirs));
}

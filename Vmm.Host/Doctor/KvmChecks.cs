using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Host.Doctor;

/// <summary>What KVM has of what emulated TDs need.</summary>
internal static class KvmChecks
{
    private const uint AddressSizesLeaf = 0x8000_0008;
    private const uint PhysicalBitsMask = 0xFF;

    // The narrowest width that Intel's TDX module offers; software that knows no other is common.
    private const int ArchitecturalGpaw = 48;

    private static readonly (KvmCap Cap, string Name, string Why)[] Needed =
    [
        (KvmCap.SplitIrqchip, "KVM_CAP_SPLIT_IRQCHIP", "the I/O APIC lives in vmm"),
        (KvmCap.X2apicApi, "KVM_CAP_X2APIC_API", "TDs use x2APIC"),
        (KvmCap.X86UserSpaceMsr, "KVM_CAP_X86_USER_SPACE_MSR", "MSR policy"),
        (KvmCap.X86MsrFilter, "KVM_CAP_X86_MSR_FILTER", "MSR policy"),
        (KvmCap.ImmediateExit, "KVM_CAP_IMMEDIATE_EXIT", "pausing and stopping"),
        (KvmCap.SignalMsi, "KVM_CAP_SIGNAL_MSI", "device interrupts"),
        (KvmCap.VcpuEvents, "KVM_CAP_VCPU_EVENTS", "#VE delivery"),
    ];

    private static readonly (KvmCap Cap, string Name, string Without)[] Wanted =
    [
        (KvmCap.SyncRegs, "KVM_CAP_SYNC_REGS", "each exit costs two system calls more"),
        (KvmCap.TscDeadlineTimer, "KVM_CAP_TSC_DEADLINE_TIMER", "guests use a coarser timer"),
        (KvmCap.X86ApicBusCyclesNs, "KVM_CAP_X86_APIC_BUS_CYCLES_NS", "the APIC timer does not run at the 25 MHz of TDX"),
        (KvmCap.Irqfd, "KVM_CAP_IRQFD", "device interrupts take a detour"),
        (KvmCap.Ioeventfd, "KVM_CAP_IOEVENTFD", "queue notifications take a detour"),
    ];

    public static IEnumerable<HostCheck> Examine(KvmSystem kvm)
    {
        yield return new HostCheck("kvm", CheckStatus.Ok, $"{KvmSystem.DevicePath} opens, API version {kvm.ApiVersion}, up to {kvm.CheckExtension(KvmCap.MaxVcpus)} vCPUs");
        foreach ((KvmCap cap, string name, string why) in Needed)
        {
            yield return HostCheck.If(
                kvm.CheckExtension(cap) > 0, name, CheckStatus.Missing, $"needed: {why}", "use a newer host kernel (5.15 or later has it)") with { IsRequired = true };
        }

        foreach ((KvmCap cap, string name, string without) in Wanted)
        {
            bool there = kvm.CheckExtension(cap) > 0;
            yield return HostCheck.If(there, name, CheckStatus.Warn, there ? "present" : $"absent: {without}", "use a newer host kernel if it matters");
        }

        int bits = PhysicalBits(kvm);
        yield return HostCheck.If(
            bits >= ArchitecturalGpaw,
            "address width",
            CheckStatus.Warn,
            $"{bits} physical address bits: emulated TDs have GPAW {Math.Min(bits, ArchitecturalGpaw)}",
            "nothing to do: guests ask for the width; software that assumes 48 will not work on this host");
    }

    private static int PhysicalBits(KvmSystem kvm) =>
        (int)(kvm.GetSupportedCpuid().FirstOrDefault(entry => entry.Function == AddressSizesLeaf).Eax & PhysicalBitsMask);
}

using System.Runtime.InteropServices;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>What a VM has and is told before it becomes a TD.</summary>
internal static class TdxVmSetup
{
    private const int MapGpaRange = 1 << 12; // KVM_HC_MAP_GPA_RANGE is hypercall 12

    private static readonly (KvmCap Cap, int Bits, string Name)[] Needed =
    [
        (KvmCap.UserMemory2, 0, "KVM_CAP_USER_MEMORY2"),
        (KvmCap.GuestMemfd, 0, "KVM_CAP_GUEST_MEMFD"),
        (KvmCap.MemoryAttributes, (int)KvmMemoryAttribute.Private, "KVM_CAP_MEMORY_ATTRIBUTES with PRIVATE"),
        (KvmCap.MemoryFaultInfo, 0, "KVM_CAP_MEMORY_FAULT_INFO"),
        (KvmCap.ExitHypercall, MapGpaRange, "KVM_CAP_EXIT_HYPERCALL with MAP_GPA_RANGE"),
        (KvmCap.SplitIrqchip, 0, "KVM_CAP_SPLIT_IRQCHIP"),
        (KvmCap.X2apicApi, 0, "KVM_CAP_X2APIC_API"),
        (KvmCap.X86ApicBusCyclesNs, 0, "KVM_CAP_X86_APIC_BUS_CYCLES_NS"),
    ];

    internal static void RequireExtensions(KvmVm vm, int vcpus)
    {
        foreach ((KvmCap cap, int bits, string name) in Needed)
        {
            int answer = vm.CheckExtension(cap);
            if (answer == 0 || (answer & bits) != bits)
            {
                throw new TdxLaunchException(TdxLaunchStep.CheckExtensions, $"this host's KVM lacks {name}; use Linux 6.16 or later");
            }
        }

        int most = vm.CheckExtension(KvmCap.MaxVcpus);
        if (vcpus > most)
        {
            throw new TdxLaunchException(TdxLaunchStep.CheckExtensions, $"the TD is to have {vcpus} vCPUs, and on this host it can have {most}; set cpus to that or less");
        }
    }

    internal static void EnableCapabilities(KvmVm vm)
    {
        vm.EnableCap(KvmCap.ExitHypercall, MapGpaRange);
        X86Platform.PrepareInterrupts(vm);
    }

    internal static void SetTsc(KvmVm vm, int khz)
    {
        if (vm.CheckExtension(KvmCap.VmTscControl) != 0 && vm.SetTscKhz(khz) is not 0 and int errno)
        {
            throw new TdxLaunchException(TdxLaunchStep.TscFrequency, $"{khz} kHz: {Marshal.GetPInvokeErrorMessage(errno)}");
        }
    }
}

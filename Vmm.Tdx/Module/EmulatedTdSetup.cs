using Vmm.Core.Boot.LongMode;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.Module;

/// <summary>How the VM and the vCPUs of an emulated TD begin.</summary>
/// <param name="td">The TD.</param>
/// <param name="memory">Guest memory.</param>
/// <param name="mmio">Addresses at which accesses must be caught before they happen.</param>
/// <param name="cpuid">CPUID table of each vCPU.</param>
/// <param name="tscKhz">TSC frequency.</param>
/// <param name="bootProcessor">Where the first vCPU begins.</param>
/// <param name="applicationProcessor">Where the others begin, but for RIP.</param>
public sealed class EmulatedTdSetup(
    TdState td, GuestMemory memory, MmioTraps mmio, CpuidTables cpuid, int tscKhz, ProcessorState bootProcessor, ProcessorState applicationProcessor)
{
    private const KvmMsrExitReason MsrExits = KvmMsrExitReason.Filter | KvmMsrExitReason.Unknown | KvmMsrExitReason.Inval;

    /// <summary>The TD.</summary>
    public TdState Td => td;

    /// <summary>Number of vCPUs.</summary>
    public int VcpuCount => td.VcpuCount;

    internal void PrepareVm(KvmVm vm)
    {
        X86Platform.Prepare(vm);
        vm.EnableCap(KvmCap.X86UserSpaceMsr, (ulong)MsrExits);
        vm.SetMsrFilter(MsrVirtualization.FilterRanges());
        int slot = X86Platform.MapMemory(vm, memory);
        mmio.Map(vm, slot);
    }

    internal void PrepareVcpu(Vcpu vcpu)
    {
        // Where the host cannot scale, it runs at its own rate, and CPUID 0x15 has been computed from that.
        vcpu.Kvm.TrySetTscKhz(tscKhz);
        vcpu.Kvm.SetCpuid(cpuid[vcpu.Index].ToKvm());
        X86Platform.Enter(vcpu, vcpu.Index == 0 ? bootProcessor : applicationProcessor, x2Apic: true);
    }
}

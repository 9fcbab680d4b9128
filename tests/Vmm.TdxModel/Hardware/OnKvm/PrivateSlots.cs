using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Module;
using Vmm.Tdx.Policies;

namespace Vmm.TdxModel.Hardware.OnKvm;

/// <summary>The personality that a TD of the model runs under: the emulated TD's, but for memory, of which only the private half has its slots from the start.</summary>
/// <param name="td">The emulated TD.</param>
/// <param name="memory">Its private memory.</param>
internal sealed class PrivateSlots(EmulatedTd td, GuestMemory memory) : IPersonality
{
    private const KvmMsrExitReason MsrExits = KvmMsrExitReason.Filter | KvmMsrExitReason.Unknown | KvmMsrExitReason.Inval;

    public bool StartsAllVcpus => true;

    public void PrepareVm(KvmVm vm)
    {
        X86Platform.Prepare(vm);
        vm.EnableCap(KvmCap.X86UserSpaceMsr, (ulong)MsrExits);
        vm.SetMsrFilter(MsrVirtualization.FilterRanges());
        for (int slot = 0; slot < memory.Regions.Count; slot++)
        {
            MemoryRegion region = memory.Regions[slot];
            vm.SetMemory(slot, region.Range.Gpa, region.Range.Size, region.PrivateView);
        }
    }

    public void PrepareVcpu(Vcpu vcpu) => td.PrepareVcpu(vcpu);

    public void Handle(Vcpu vcpu, in VcpuExit exit) => td.Handle(vcpu, in exit);
}

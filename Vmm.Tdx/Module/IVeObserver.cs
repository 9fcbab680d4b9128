using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module;

/// <summary>Sees every #VE that is raised. Where there is none, nothing is paid for it.</summary>
public interface IVeObserver
{
    /// <summary>Told on the vCPU's thread, before the guest's handler runs.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="registers">Registers at the instruction.</param>
    /// <param name="info">What TDG.VP.VEINFO.GET will answer.</param>
    void VeRaised(TdVcpu vcpu, in KvmRegs registers, in VeInfo info);
}

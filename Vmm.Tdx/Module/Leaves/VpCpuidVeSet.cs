using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VP.CPUIDVE.SET (leaf 5): has CPUID raise #VE. The wish is kept and reported; plain KVM executes CPUID without asking.</summary>
public sealed class VpCpuidVeSet : ITdCallLeaf
{
    private const ulong SupervisorBit = 1;
    private const ulong UserBit = 2;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VpCpuidVeSet;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        if ((registers.Rcx & ~(SupervisorBit | UserBit)) != 0)
        {
            return TdxStatus.OperandInvalid.With(OperandId.RCX);
        }

        vcpu.CpuidSupervisorVe = (registers.Rcx & SupervisorBit) != 0;
        vcpu.CpuidUserVe = (registers.Rcx & UserBit) != 0;
        return TdxStatus.Success;
    }
}

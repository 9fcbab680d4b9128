using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VP.VEINFO.GET (leaf 3): tells why the last #VE was raised, and makes room for the next.</summary>
public sealed class VpVeInfoGet : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VpVeInfoGet;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        bool valid = vcpu.PendingVe is not null;
        VeInfo info = vcpu.PendingVe ?? default;
        vcpu.PendingVe = null;
        Answer(in info, ref registers);
        return valid ? TdxStatus.Success : TdxStatus.NoValidVeInfo;
    }

    internal static void Answer(in VeInfo info, ref KvmRegs registers)
    {
        registers.Rcx = (uint)info.ExitReason;
        registers.Rdx = info.Qualification;
        registers.R8 = info.GuestLinearAddress;
        registers.R9 = info.GuestPhysicalAddress;
        registers.R10 = info.Instruction;
    }
}

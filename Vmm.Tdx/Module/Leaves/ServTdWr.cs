using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.SERVTD.WR (leaf 20): would write metadata of the TD that this one serves. No TD is bound to another here.</summary>
public sealed class ServTdWr : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.ServTdWr;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        registers.R8 = 0;
        return TdxStatus.ServiceTdNotBound;
    }
}

using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.SERVTD.RD (leaf 18): would read metadata of the TD that this one serves. No TD is bound to another here.</summary>
public sealed class ServTdRd : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.ServTdRd;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        registers.Rdx = MetadataFieldId.Null.Value;
        registers.R8 = 0;
        return TdxStatus.ServiceTdNotBound;
    }
}

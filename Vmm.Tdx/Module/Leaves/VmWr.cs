using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Metadata;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VM.WR (leaf 8): writes TD-scope metadata.</summary>
/// <param name="td">The TD.</param>
public sealed class VmWr(TdState td) : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VmWr;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers) => TdFields.Table.Write(td, ref registers);
}

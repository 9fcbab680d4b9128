using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Metadata;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.SYS.RD (leaf 11): reads global metadata.</summary>
/// <param name="module">The module.</param>
public sealed class SysRd(ModuleState module) : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.SysRd;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers) => SysFields.Table.Read(module, ref registers);
}

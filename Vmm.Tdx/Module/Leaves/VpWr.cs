using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Metadata;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VP.WR (leaf 10): writes vCPU-scope metadata.</summary>
public sealed class VpWr : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VpWr;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers) => VcpuFields.Table.Write(vcpu, ref registers);
}

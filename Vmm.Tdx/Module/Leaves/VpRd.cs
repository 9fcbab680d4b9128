using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Metadata;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VP.RD (leaf 9): reads vCPU-scope metadata.</summary>
public sealed class VpRd : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VpRd;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers) =>
        VcpuFields.Table.Read(vcpu, ref registers, target: registers.Rcx);
}

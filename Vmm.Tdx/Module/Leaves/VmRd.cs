using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Metadata;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VM.RD (leaf 7): reads TD-scope metadata. Version 1 also enumerates it.</summary>
/// <param name="td">The TD.</param>
public sealed class VmRd(TdState td) : ITdCallLeaf
{
    private const byte EnumeratingVersion = 1;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VmRd;

    /// <inheritdoc/>
    public byte MaxVersion => EnumeratingVersion;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers) =>
        TdFields.Table.Read(td, ref registers, new TdCallFunction(registers.Rax).Version >= EnumeratingVersion, target: registers.Rcx);
}

using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VP.INFO (leaf 1): what the TD is, and which of its vCPUs asks.</summary>
/// <param name="td">The TD.</param>
public sealed class VpInfo(TdState td) : ITdCallLeaf
{
    private const int MaxVcpusShift = 32;
    private const ulong SysRdAvailable = 1;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VpInfo;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        registers.Rcx = (ulong)td.GpaWidth.Bits;
        registers.Rdx = (ulong)td.Attributes;
        registers.R8 = (uint)td.VcpuCount | ((ulong)td.MaxVcpus << MaxVcpusShift);
        registers.R9 = (uint)vcpu.Index;
        registers.R10 = SysRdAvailable;
        registers.R11 = 0;
        return TdxStatus.Success;
    }
}

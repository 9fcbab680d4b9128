using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.MR.RTMR.EXTEND (leaf 2): <c>RTMR[i] = SHA384(RTMR[i] ‖ data)</c>.</summary>
/// <param name="td">The TD.</param>
/// <param name="operands">Memory operands.</param>
public sealed class MrRtmrExtend(TdState td, GpaOperands operands) : ITdCallLeaf
{
    private const int Alignment = 64;
    private const int DigestSize = SHA384.HashSizeInBytes;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.MrRtmrExtend;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        TdCallResult operand = operands.Resolve(registers.Rcx, OperandId.RCX, DigestSize, Alignment, allowShared: false, GuestAccess.Read, out Span<byte> digest);
        if (!operand.IsSuccess)
        {
            return operand;
        }

        if (registers.Rdx >= Rtmrs.Count)
        {
            return TdxStatus.OperandInvalid.With(OperandId.RDX);
        }

        return td.TryExtendRtmr((int)registers.Rdx, digest) ? TdxStatus.Success : TdxStatus.OperandBusy.With(OperandId.RTMR);
    }
}

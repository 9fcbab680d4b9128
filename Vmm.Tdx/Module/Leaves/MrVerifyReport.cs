using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.MR.VERIFYREPORT (leaf 22): tells whether this platform made a report.</summary>
/// <param name="operands">Memory operands.</param>
/// <param name="reports">Knows the reports of the platform.</param>
public sealed class MrVerifyReport(GpaOperands operands, TdReportBuilder reports) : ITdCallLeaf
{
    private static readonly int Size = Unsafe.SizeOf<ReportMacStruct>();

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.MrVerifyReport;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        TdCallResult operand = operands.Resolve(registers.Rcx, OperandId.RCX, Size, Size, allowShared: false, GuestAccess.Read, out Span<byte> data);
        return operand.IsSuccess ? reports.Verify(MemoryMarshal.Read<ReportMacStruct>(data)) : operand;
    }
}

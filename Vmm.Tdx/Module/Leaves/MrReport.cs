using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.MR.REPORT (leaf 4): makes a TDREPORT.</summary>
/// <param name="td">The TD.</param>
/// <param name="operands">Memory operands.</param>
/// <param name="reports">Makes the reports of the platform.</param>
public sealed class MrReport(TdState td, GpaOperands operands, TdReportBuilder reports) : ITdCallLeaf
{
    private static readonly int ReportSize = Unsafe.SizeOf<TdReport>();
    private static readonly int DataSize = Unsafe.SizeOf<Bytes64>();

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.MrReport;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        // The order of the checks is the module's.
        if (registers.Rcx % (ulong)ReportSize != 0)
        {
            return TdxStatus.OperandInvalid.With(OperandId.RCX);
        }

        TdCallResult operand = operands.Resolve(registers.Rdx, OperandId.RDX, DataSize, DataSize, allowShared: true, GuestAccess.Read, out Span<byte> data);
        if (!operand.IsSuccess)
        {
            return operand;
        }

        if (registers.R8 != 0)
        {
            return TdxStatus.OperandInvalid.With(OperandId.R8);
        }

        if (!td.TryGetInfo(out TdInfo info))
        {
            return TdxStatus.OperandBusy.With(OperandId.RTMR);
        }

        reports.Build(in info, data, out TdReport report);
        operand = operands.Resolve(registers.Rcx, OperandId.RCX, ReportSize, ReportSize, allowShared: true, GuestAccess.Write, out Span<byte> output);
        if (operand.IsSuccess)
        {
            MemoryMarshal.Write(output, in report);
        }

        return operand;
    }
}

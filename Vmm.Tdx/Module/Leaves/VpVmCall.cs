using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.VP.VMCALL (leaf 0): passes the selected registers to the VMM and back.</summary>
/// <param name="vmCalls">The VMM.</param>
public sealed class VpVmCall(VmCallDispatcher vmCalls) : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.VpVmCall;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        var mask = new GprMask(registers.Rcx);
        if (!mask.IsValid)
        {
            return TdxStatus.OperandInvalid.With(OperandId.RCX);
        }

        var passed = VmCallRegisters.From(mask, in registers);
        vmCalls.Dispatch(vcpu.VmCallVcpu, ref passed);
        Return(mask, in passed, ref registers);
        return TdxStatus.Success;
    }

    // Registers that did not pass keep the guest's values.
    private static void Return(GprMask mask, in VmCallRegisters result, ref KvmRegs registers)
    {
        registers.Rdx = mask.Selects(Gpr.Rdx) ? result.Rdx : registers.Rdx;
        registers.Rbx = mask.Selects(Gpr.Rbx) ? result.Rbx : registers.Rbx;
        registers.Rsi = mask.Selects(Gpr.Rsi) ? result.Rsi : registers.Rsi;
        registers.Rdi = mask.Selects(Gpr.Rdi) ? result.Rdi : registers.Rdi;
        registers.R8 = mask.Selects(Gpr.R8) ? result.R8 : registers.R8;
        registers.R9 = mask.Selects(Gpr.R9) ? result.R9 : registers.R9;
        registers.R10 = mask.Selects(Gpr.R10) ? result.R10 : registers.R10;
        registers.R11 = mask.Selects(Gpr.R11) ? result.R11 : registers.R11;
        registers.R12 = mask.Selects(Gpr.R12) ? result.R12 : registers.R12;
        registers.R13 = mask.Selects(Gpr.R13) ? result.R13 : registers.R13;
        registers.R14 = mask.Selects(Gpr.R14) ? result.R14 : registers.R14;
        registers.R15 = mask.Selects(Gpr.R15) ? result.R15 : registers.R15;
    }
}

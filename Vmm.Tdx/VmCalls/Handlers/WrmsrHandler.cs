using Vmm.Tdx.Abi;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.WRMSR: R12 = MSR, R13 = value.</summary>
public sealed class WrmsrHandler(MsrBank msrs) : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionWrmsr;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result) =>
        msrs.TryWrite(call.Vcpu, (uint)call.R12, call.R13) ? VmCallStatus.Success : VmCallStatus.InvalidOperand;
}

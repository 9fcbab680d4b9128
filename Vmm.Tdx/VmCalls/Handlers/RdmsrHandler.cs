using Vmm.Tdx.Abi;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.RDMSR: R12 = MSR; R11 = value.</summary>
public sealed class RdmsrHandler(MsrBank msrs) : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionRdmsr;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        if (!msrs.TryRead(call.Vcpu, (uint)call.R12, out ulong value))
        {
            return VmCallStatus.InvalidOperand;
        }

        result.R11 = value;
        return VmCallStatus.Success;
    }
}

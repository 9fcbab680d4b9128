using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.HLT: R12 = 0 lets interrupts end the wait, else only NMI and the like do.</summary>
public sealed class HltHandler : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionHlt;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        call.Vcpu.Halt(interruptsBlocked: call.R12 != 0);
        return VmCallStatus.Success;
    }
}

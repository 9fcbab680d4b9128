using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.VMCALL: inside a TD the instruction raises #VE, and hypercalls are made with R10 ≠ 0 instead; KVM refuses the leaf.</summary>
public sealed class VmCallInstructionHandler : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionVmcall;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result) => VmCallStatus.SubfuncUnsupported;
}

using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.PCONFIG: the keys of memory encryption are the host's; KVM refuses the leaf.</summary>
public sealed class PconfigHandler : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionPconfig;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result) => VmCallStatus.SubfuncUnsupported;
}

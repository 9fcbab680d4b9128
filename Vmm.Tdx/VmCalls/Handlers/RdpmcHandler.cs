using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.RDPMC: a TD without ATTRIBUTES.PERFMON has no counters, and one with it reads them itself. KVM refuses it too.</summary>
public sealed class RdpmcHandler : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionRdpmc;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result) => VmCallStatus.SubfuncUnsupported;
}

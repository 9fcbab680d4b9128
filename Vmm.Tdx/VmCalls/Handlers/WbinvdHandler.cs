using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Instruction.WBINVD: R12 = 0 WBINVD, 1 WBNOINVD.</summary>
/// <remarks>
/// Caches are coherent with every device here, so that there is nothing to write back. KVM does not implement the sub-function either: a guest
/// that runs here must also run there, and so both say SUBFUNC_UNSUPPORTED.
/// </remarks>
public sealed class WbinvdHandler : IVmCallHandler
{
    private const ulong Wbnoinvd = 1;

    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.InstructionWbinvd;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result) =>
        call.R12 > Wbnoinvd ? VmCallStatus.InvalidOperand : VmCallStatus.SubfuncUnsupported;
}

using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>MigTD's service calls: only a migration TD that is bound to another TD has a use for them, and there are none here.</summary>
public sealed class MigTdHandler : IVmCallHandler
{
    /// <inheritdoc/>
    public VmCallLeaf Leaf => VmCallLeaf.MigTd;

    /// <inheritdoc/>
    public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result) => VmCallStatus.SubfuncUnsupported;
}

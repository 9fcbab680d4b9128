using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module;

/// <summary>One leaf of TDCALL, for all vCPUs at once.</summary>
/// <remarks>The guest is hostile: a leaf checks every operand in the order of the specification, neither throws nor blocks, and allocates nothing.</remarks>
public interface ITdCallLeaf
{
    /// <summary>The leaf.</summary>
    TdCallLeaf Leaf { get; }

    /// <summary>Highest version of the leaf that is served; others are OPERAND_INVALID+RAX.</summary>
    byte MaxVersion => 0;

    /// <summary>Does what the guest asks.</summary>
    /// <param name="vcpu">The calling vCPU.</param>
    /// <param name="registers">Operands in, results out. RAX is set by the caller from the result; registers that the leaf does not answer in stay.</param>
    /// <returns>The completion status, or the access that must be settled before the call can complete.</returns>
    TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers);
}

using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls;

/// <summary>Serves one sub-function of TDG.VP.VMCALL, for all vCPUs at once.</summary>
/// <remarks>
/// The guest is hostile: every operand is checked and a bad one answered with the status that the specification gives it. A handler
/// neither blocks nor throws, and allocates nothing on a path that a guest can repeat at will.
/// </remarks>
public interface IVmCallHandler
{
    /// <summary>The sub-function.</summary>
    VmCallLeaf Leaf { get; }

    /// <summary>Answers a call.</summary>
    /// <param name="call">Who calls, and with what.</param>
    /// <param name="result">What the guest gets: prefilled with what it passed. The handler names what it answers; all else stays.</param>
    /// <returns>The status for R10.</returns>
    VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result);
}

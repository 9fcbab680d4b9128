using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls;

/// <summary>
/// The general registers that TDG.VP.VMCALL passes between a TD and its VMM. What the guest did not select is 0 here.
/// RBP never passes: see <see cref="GprMask"/>.
/// </summary>
public struct VmCallRegisters
{
    /// <summary>0 for a standard call, else the vendor's call number; the status on return.</summary>
    public ulong R10;

    /// <summary>The sub-function; on return its first result.</summary>
    public ulong R11;

    /// <summary>First argument.</summary>
    public ulong R12;

    /// <summary>Second argument.</summary>
    public ulong R13;

    /// <summary>Third argument.</summary>
    public ulong R14;

    /// <summary>Fourth argument.</summary>
    public ulong R15;

    /// <summary>Further argument.</summary>
    public ulong Rbx;

    /// <summary>Further argument.</summary>
    public ulong Rdi;

    /// <summary>Further argument.</summary>
    public ulong Rsi;

    /// <summary>Further argument.</summary>
    public ulong Rdx;

    /// <summary>Further argument.</summary>
    public ulong R8;

    /// <summary>Further argument.</summary>
    public ulong R9;

    /// <summary>R11 as the sub-function of a standard call.</summary>
    public readonly VmCallLeaf Leaf => (VmCallLeaf)R11;

    /// <summary>R10 as the status of a standard call.</summary>
    public readonly VmCallStatus Status => (VmCallStatus)R10;
}

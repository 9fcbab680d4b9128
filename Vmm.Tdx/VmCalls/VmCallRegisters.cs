using Vmm.Core.Kvm.Layout;
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

    /// <summary>The registers that pass; the VMM sees 0 in the others.</summary>
    public static VmCallRegisters From(GprMask mask, in KvmRegs registers) => new()
    {
        Rdx = mask.Filter(Gpr.Rdx, registers.Rdx),
        Rbx = mask.Filter(Gpr.Rbx, registers.Rbx),
        Rsi = mask.Filter(Gpr.Rsi, registers.Rsi),
        Rdi = mask.Filter(Gpr.Rdi, registers.Rdi),
        R8 = mask.Filter(Gpr.R8, registers.R8),
        R9 = mask.Filter(Gpr.R9, registers.R9),
        R10 = mask.Filter(Gpr.R10, registers.R10),
        R11 = mask.Filter(Gpr.R11, registers.R11),
        R12 = mask.Filter(Gpr.R12, registers.R12),
        R13 = mask.Filter(Gpr.R13, registers.R13),
        R14 = mask.Filter(Gpr.R14, registers.R14),
        R15 = mask.Filter(Gpr.R15, registers.R15),
    };
}

using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.MEM.PAGE.ACCEPT (leaf 6): takes a pending page, zeroed, into the TD.</summary>
/// <param name="pages">Page states.</param>
/// <param name="width">Width of guest-physical addresses.</param>
public sealed class MemPageAccept(SecureEpt pages, GpaWidth width) : ITdCallLeaf
{
    private const ulong LevelBits = 7;
    private const ulong AddressBits = ((1UL << 52) - 1) & ~(GuestMemory.PageSize - 1);
    private const int LargestLevel = 1;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.MemPageAccept;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        ulong gpa = registers.Rcx & AddressBits;
        int level = (int)(registers.Rcx & LevelBits);
        bool reserved = (registers.Rcx & ~(AddressBits | LevelBits)) != 0;
        bool aligned = level == 0 || (gpa & (SecureEpt.LargePageSize - 1)) == 0;
        return reserved || level > LargestLevel || !aligned || !width.Contains(gpa) || width.IsShared(gpa)
            ? TdxStatus.OperandInvalid.With(OperandId.RCX)
            : pages.Accept(gpa, level);
    }
}

using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.MEM.PAGE.ACCEPT (leaf 6): takes a pending page, zeroed, into the TD.</summary>
/// <param name="pages">Page states.</param>
/// <param name="width">Width of guest-physical addresses.</param>
public sealed class MemPageAccept(SecureEpt pages, GpaWidth width) : ITdCallLeaf
{
    private const int LargestLevel = 1;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.MemPageAccept;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        var page = new GpaMapping(registers.Rcx);
        return page.IsValidOperand(LargestLevel) && width.Contains(page.Gpa) && !width.IsShared(page.Gpa)
            ? pages.Accept(page.Gpa, page.Level)
            : TdxStatus.OperandInvalid.With(OperandId.RCX);
    }
}

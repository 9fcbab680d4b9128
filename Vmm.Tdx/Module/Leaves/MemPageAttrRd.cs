using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.MEM.PAGE.ATTR.RD (leaf 23): reads the mapping of a page, and its attributes for each VM of the TD.</summary>
/// <remarks>The attributes are always 0: none are defined for the TD itself (L1), and L2 VMs there are none.</remarks>
/// <param name="pages">Page states.</param>
/// <param name="width">Width of guest-physical addresses.</param>
public sealed class MemPageAttrRd(SecureEpt pages, GpaWidth width) : ITdCallLeaf
{
    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.MemPageAttrRd;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        ulong gpa = registers.Rcx;
        PageState state = width.Contains(gpa) && !width.IsShared(gpa) ? pages.GetState(gpa) : PageState.Absent;
        if (state == PageState.Shared)
        {
            return new TdCallResult(default, new SeptViolation(gpa, GuestAccess.Read, state));
        }

        registers.Rdx = 0;
        registers.Rcx = 0;
        if (state == PageState.Absent)
        {
            return TdxStatus.OperandInvalid.With(OperandId.RCX);
        }

        registers.Rcx = new GpaMapping(gpa, pages.GetLevel(gpa), state == PageState.Pending).Value;
        return TdxStatus.Success;
    }
}

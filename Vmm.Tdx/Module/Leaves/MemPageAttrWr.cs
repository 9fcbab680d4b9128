using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Leaves;

/// <summary>TDG.MEM.PAGE.ATTR.WR (leaf 24): sets the attributes of a page for L2 VMs.</summary>
/// <remarks>
/// As there are no L2 VMs, all attributes and all change masks must be 0, and the leaf is left with what it does to the mapping: a large page
/// is split when the guest names it by a smaller level, as the VMM does on hardware.
/// </remarks>
/// <param name="pages">Page states.</param>
/// <param name="width">Width of guest-physical addresses.</param>
public sealed class MemPageAttrWr(SecureEpt pages, GpaWidth width) : ITdCallLeaf
{
    private const int LargestLevel = 2;

    /// <inheritdoc/>
    public TdCallLeaf Leaf => TdCallLeaf.MemPageAttrWr;

    /// <inheritdoc/>
    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        var page = new GpaMapping(registers.Rcx);
        TdxStatus status = Check(page, in registers);
        PageState state = pages.GetState(page.Gpa);
        if (status.IsSuccess && state == PageState.Shared)
        {
            return new TdCallResult(default, new SeptViolation(page.Gpa, GuestAccess.Write, state));
        }

        if (status.IsSuccess && !pages.TryDemote(page.Gpa, page.Level))
        {
            status = TdxStatus.PageSizeMismatch.WithDetails((uint)page.Level);
        }

        registers.Rcx = status.IsSuccess ? new GpaMapping(page.Gpa, page.Level, state == PageState.Pending).Value : 0;
        registers.Rdx = 0;
        return status;
    }

    private TdxStatus Check(GpaMapping page, in KvmRegs registers)
    {
        // One 16-bit word a VM, tested in turn: attributes first, then mask.
        for (int shift = 0; shift < 8 * sizeof(ulong); shift += 8 * sizeof(ushort))
        {
            if ((ushort)(registers.Rdx >> shift) != 0)
            {
                return TdxStatus.OperandInvalid.With(OperandId.RDX);
            }

            if ((ushort)(registers.R8 >> shift) != 0)
            {
                return TdxStatus.OperandInvalid.With(OperandId.R8);
            }
        }

        return page.IsValidOperand(LargestLevel) && width.Contains(page.Gpa) && !width.IsShared(page.Gpa) && pages.GetState(page.Gpa) != PageState.Absent
            ? TdxStatus.Success
            : TdxStatus.OperandInvalid.With(OperandId.RCX);
    }
}

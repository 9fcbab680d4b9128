using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Pages;

/// <summary>Memory operands of TDCALL leaves, by the rules that hold for all of them.</summary>
/// <param name="memory">Guest memory.</param>
/// <param name="pages">Page states.</param>
/// <param name="width">Width of guest-physical addresses.</param>
public sealed class GpaOperands(GuestMemory memory, SecureEpt pages, GpaWidth width)
{
    private const ulong AddressBits = (1UL << 52) - 1;

    /// <summary>Gets the bytes of an operand.</summary>
    /// <param name="gpa">What the register holds.</param>
    /// <param name="operand">The register.</param>
    /// <param name="size">Size of the operand in bytes; it lies in one page.</param>
    /// <param name="alignment">Alignment that the leaf demands: a power of two, at least <paramref name="size"/>.</param>
    /// <param name="allowShared">Whether the operand may lie in shared memory.</param>
    /// <param name="access">What the leaf does with it.</param>
    /// <param name="span">The bytes, on success.</param>
    /// <returns>
    /// Success, OPERAND_INVALID with the operand, or the violation. An address without memory is OPERAND_INVALID too, where hardware would leave
    /// the VMM no choice but to kill the TD.
    /// </returns>
    public TdCallResult Resolve(ulong gpa, OperandId operand, int size, int alignment, bool allowShared, GuestAccess access, out Span<byte> span)
    {
        span = default;
        bool isShared = width.IsShared(gpa);
        if ((gpa & ~AddressBits) != 0 || !width.Contains(gpa) || (isShared && !allowShared) || (gpa & ((ulong)alignment - 1)) != 0)
        {
            return TdxStatus.OperandInvalid.With(operand);
        }

        ulong address = width.WithoutSharedBit(gpa);
        PageState state = pages.GetState(address);
        if (state == PageState.Absent)
        {
            return TdxStatus.OperandInvalid.With(operand);
        }

        if (state != (isShared ? PageState.Shared : PageState.Private))
        {
            return new TdCallResult(default, new SeptViolation(gpa, access, state));
        }

        span = memory.GetSpan(address, size);
        return TdxStatus.Success;
    }
}

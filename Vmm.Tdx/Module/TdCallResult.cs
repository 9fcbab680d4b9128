using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module;

/// <summary>How a TDCALL ended.</summary>
/// <param name="Status">What RAX gets, if there is no violation.</param>
/// <param name="Violation">
/// The access to a private page that is not accepted, with which a TDX module exits to the VMM; registers and RIP are then left as they were.
/// </param>
public readonly record struct TdCallResult(TdxStatus Status, SeptViolation? Violation = null)
{
    /// <summary>Whether the leaf may go on: no error and no violation so far.</summary>
    public bool IsSuccess => Violation is null && Status.IsSuccess;

    /// <summary>Converts; see <see cref="FromTdxStatus"/>.</summary>
    public static implicit operator TdCallResult(TdxStatus status) => new(status);

    /// <summary>A call that completes with a status.</summary>
    public static TdCallResult FromTdxStatus(TdxStatus status) => new(status);
}

namespace Vmm.TdxModel.Hardware;

/// <summary>How a TD came back from TDH.VP.ENTER.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Gpa">Address of an EPT violation, without the shared bit.</param>
/// <param name="IsPrivate">Whether that was accessed without the shared bit.</param>
/// <param name="Status">What a failed TDH.VP.ENTER returned.</param>
public readonly record struct TdExit(TdExitKind Kind, ulong Gpa = 0, bool IsPrivate = false, ulong Status = 0);

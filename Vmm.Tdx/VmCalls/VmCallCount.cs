namespace Vmm.Tdx.VmCalls;

/// <summary>How often a TDVMCALL was answered so.</summary>
/// <param name="Function">Name of the sub-function or of the vendor's call.</param>
/// <param name="Status">Name of the answer.</param>
/// <param name="Count">How often.</param>
public readonly record struct VmCallCount(string Function, string Status, long Count);

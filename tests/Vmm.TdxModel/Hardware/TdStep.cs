namespace Vmm.TdxModel.Hardware;

/// <summary>One step of a scripted TD.</summary>
/// <param name="Exit">Why it comes out.</param>
/// <param name="Args">What it passes, for a TDVMCALL.</param>
/// <param name="Answer">Gets what comes back.</param>
internal sealed record TdStep(TdExit Exit, VpEnterArgs Args, Action<VpEnterArgs> Answer);

namespace Vmm.Host.Running;

/// <summary>How a run ended.</summary>
/// <param name="Code">Exit code of the process.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="At">When.</param>
public sealed record RunExit(int Code, string Reason, DateTimeOffset At);

namespace Vmm.Host.Running;

/// <summary>Something that happened in a run.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What.</param>
/// <param name="State">State of the run afterwards.</param>
/// <param name="Detail">One sentence; may be empty.</param>
/// <param name="ExitCode">With <see cref="RunEventKind.Ended"/>: the exit code.</param>
public sealed record RunEvent(DateTimeOffset At, RunEventKind Kind, RunState State, string Detail, int ExitCode = 0);

namespace Vmm.Core.Machine;

/// <summary>How the life of a machine ended.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">One sentence for the user.</param>
/// <param name="ExitCode">The guest's own exit code; 0 unless <see cref="MachineOutcomeKind.GuestExit"/>.</param>
public sealed record MachineOutcome(MachineOutcomeKind Kind, string Message, int ExitCode = 0)
{
    /// <summary>The exception behind a <see cref="MachineOutcomeKind.HostError"/>, for the details that a user may ask for.</summary>
    public Exception? Cause { get; init; }
}

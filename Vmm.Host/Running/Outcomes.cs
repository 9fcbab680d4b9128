using System.Runtime.ExceptionServices;
using Vmm.Core.Machine;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>What follows the end of a machine's life.</summary>
internal static class Outcomes
{
    /// <summary>Decides what follows.</summary>
    /// <param name="outcome">How the life ended.</param>
    /// <param name="config">What the user wants to follow.</param>
    /// <param name="say">Prints one line for the user.</param>
    /// <returns>The exit code, or null for another life.</returns>
    /// <exception cref="Exception">The host failed; the cause itself.</exception>
    public static int? Follow(MachineOutcome outcome, MachineConfig config, Action<string> say)
    {
        switch (outcome.Kind)
        {
            case MachineOutcomeKind.PowerOff:
                return (int)ExitCode.Success;
            case MachineOutcomeKind.GuestExit:
                return outcome.ExitCode;
            case MachineOutcomeKind.Reset:
                return config.OnReboot == RebootAction.Reset ? null : (int)ExitCode.Success;
            case MachineOutcomeKind.FatalError:
                say(outcome.Message);
                return config.OnPanic == FatalAction.Reset ? null : (int)ExitCode.GuestFatal;
            case MachineOutcomeKind.Crash:
                say(outcome.Message);
                return config.OnCrash == FatalAction.Reset ? null : (int)ExitCode.GuestCrashed;
            case MachineOutcomeKind.DeviceFault:
                say(outcome.Message);
                return (int)ExitCode.DeviceFailed;
            case MachineOutcomeKind.HostError when outcome.Cause is not null:
                ExceptionDispatchInfo.Throw(outcome.Cause);
                return null;
            default:
                throw new UserErrorException(ExitCode.Internal, outcome.Message);
        }
    }
}

using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>Runs a machine in this process.</summary>
public sealed class MachineRunner : IMachineRunner
{
    /// <inheritdoc/>
    public int Run(RunRequest request) => throw new UserErrorException(ExitCode.HostCannot, "this build has no machine yet");
}

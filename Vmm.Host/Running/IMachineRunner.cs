using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>Runs a machine from its definition to its end: the seam between the command line and the machine.</summary>
public interface IMachineRunner
{
    /// <summary>Runs a machine in this process.</summary>
    /// <returns>The exit code: the guest's own, or one of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">It cannot be started as asked.</exception>
    int Run(RunRequest request);
}

using Vmm.Host.Running;

namespace Vmm.Host.Control.Spares;

/// <summary>Runs machines that are only to show that they run.</summary>
/// <param name="runner">Runs them.</param>
internal sealed class RehearsalRunner(IMachineRunner runner) : IMachineRunner
{
    /// <inheritdoc/>
    public int Run(RunRequest request) => runner.Run(request with { IsRehearsal = true });
}

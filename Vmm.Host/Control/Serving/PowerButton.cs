using Vmm.Host.Control.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Control.Serving;

/// <summary>The power button of a machine.</summary>
internal static class PowerButton
{
    /// <summary>Presses it.</summary>
    /// <exception cref="ControlException">The machine has none.</exception>
    internal static Task PressAsync(MachineRun run, CancellationToken cancellation)
    {
        _ = run;
        cancellation.ThrowIfCancellationRequested();
        throw new ControlException(ControlReason.NoPowerButton, "this machine has no power button; kill it, or end it from inside");
    }
}

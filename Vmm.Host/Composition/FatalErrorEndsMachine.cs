using Vmm.Core.Machine;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Composition;

/// <summary>A guest that reports a fatal error does not go on.</summary>
/// <param name="lifecycle">The machine.</param>
public sealed class FatalErrorEndsMachine(MachineLifecycle lifecycle) : IFatalErrorSink
{
    /// <inheritdoc/>
    public void Report(FatalError error) => lifecycle.End(new MachineOutcome(
        MachineOutcomeKind.FatalError,
        $"the guest reported a fatal error on vCPU {error.VcpuIndex}: code 0x{error.Code:x}{(error.Message.Length == 0 ? "" : $", \"{error.Message}\"")}"));
}

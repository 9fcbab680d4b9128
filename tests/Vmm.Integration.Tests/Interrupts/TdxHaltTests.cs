using Vmm.Core.Machine;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;

namespace Vmm.Integration.Tests.Interrupts;

/// <inheritdoc/>
[BeginsUnpaged]
public sealed class TdxHaltTests : HaltTests<TdxBackend>
{
    /// <summary>A TD's flags are its own: nobody outside can tell that it waits for ever, and only the user ends it.</summary>
    [KvmFact]
    public override void Hlt_InterruptsBlocked_PendingInterruptDoesNotWake()
    {
        Interrupts.InterruptSelf();
        Program.Calls(Hlt(1));
        using TdRun run = TdRunner.Run(new TdxBackend(), Program, new TdOptions { Patience = TimeSpan.FromSeconds(5) });
        Assert.Equal(MachineOutcomeKind.Stopped, run.Outcome.Kind);
        Assert.Equal(0UL, run.Quadword(Interrupts.Count));
    }
}

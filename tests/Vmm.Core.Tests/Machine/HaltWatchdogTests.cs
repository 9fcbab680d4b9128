using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Testing;

namespace Vmm.Core.Tests.Machine;

[Trait("Category", "Kvm")]
public sealed class HaltWatchdogTests
{
    [KvmFact]
    public async Task Machine_HaltedWithInterruptsDisabled_EndsAsACrash()
    {
        using PortPersonality personality = new(c =>
        {
            c.cli();
            c.hlt();
        });
        MachineLifecycle lifecycle = new();
        using KvmSystem kvm = KvmSystem.Open();
        KvmVm vm = kvm.CreateVm();
        vm.EnableCap(KvmCap.SplitIrqchip, X86Platform.IoApicPins);
        using VirtualMachine machine = new(vm, 1, lifecycle, personality);

        machine.Start();
        MachineOutcome outcome = await machine.Ended.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(MachineOutcomeKind.Crash, outcome.Kind);
        Assert.Contains("halted with interrupts disabled", outcome.Message, StringComparison.Ordinal);
    }
}

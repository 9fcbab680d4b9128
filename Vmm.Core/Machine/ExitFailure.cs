using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Machine;

/// <summary>Words for exits after which no guest can go on.</summary>
public static class ExitFailure
{
    private const uint EmulationFailed = 1;

    /// <summary>Describes what happened.</summary>
    public static MachineOutcome Describe(Vcpu vcpu, in VcpuExit exit)
    {
        ref KvmRunArea area = ref vcpu.Kvm.Area;
        ulong rip = vcpu.Registers.Rip;
        return exit switch
        {
            { Kind: VcpuExitKind.TripleFault } => Crash($"triple fault on vCPU {vcpu.Index} (RIP 0x{rip:x})"),
            { Kind: VcpuExitKind.SystemEvent } => Crash($"system event {area.Exit.SystemEvent.Type} on vCPU {vcpu.Index}"),
            { Kind: VcpuExitKind.ForbiddenMemory } => Crash($"vCPU {vcpu.Index} touched memory that it must not (RIP 0x{rip:x})"),
            { Reason: KvmExitReason.InternalError, Errno: 0 } when area.Exit.Internal.SubError == EmulationFailed =>
                Crash($"KVM cannot emulate the instruction at RIP 0x{rip:x} on vCPU {vcpu.Index}"),
            { Reason: KvmExitReason.InternalError, Errno: 0 } =>
                Failed($"KVM internal error {area.Exit.Internal.SubError} on vCPU {vcpu.Index} (RIP 0x{rip:x})"),
            { Reason: KvmExitReason.FailEntry, Errno: 0 } =>
                Failed($"the processor refused the state of vCPU {vcpu.Index} (hardware reason 0x{area.Exit.FailEntry.HardwareReason:x})"),
            { Errno: not 0 } => Failed($"KVM_RUN failed on vCPU {vcpu.Index}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(exit.Errno)}"),
            _ => Failed($"unexpected exit {exit.Reason} on vCPU {vcpu.Index} (RIP 0x{rip:x})"),
        };
    }

    private static MachineOutcome Crash(string message) => new(MachineOutcomeKind.Crash, message);

    private static MachineOutcome Failed(string message) => new(MachineOutcomeKind.HostError, message);
}

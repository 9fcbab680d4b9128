using System.Runtime.InteropServices;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;

namespace Vmm.Tdx.Hardware.Exits;

/// <summary>Words for exits after which a TD cannot go on. Its registers are its own, so that none can be told.</summary>
internal static class TdxFailure
{
    private const int InputOutputError = 5; // EIO
    private const int HardwarePoison = 133; // EHWPOISON

    internal static MachineOutcome Describe(Vcpu vcpu, in VcpuExit exit)
    {
        ref KvmRunArea area = ref vcpu.Kvm.Area;
        string who = $"vCPU {vcpu.Index}";
        return exit switch
        {
            { Kind: VcpuExitKind.TripleFault } => Crash($"triple fault on {who}"),
            { Kind: VcpuExitKind.SystemEvent } => Crash($"system event {area.Exit.SystemEvent.Type} on {who}"),
            { Kind: VcpuExitKind.Hypercall } => Failed($"KVM forwards hypercall {area.Exit.Hypercall.Number} of {who}, which it was not asked to"),
            { Errno: InputOutputError } => Crash(
                $"KVM gave the TD up on {who}: the guest touched private memory that it had not accepted, or the TDX module refused an operation; the host's kernel log says which"),
            { Errno: HardwarePoison } => Failed($"{who} touched memory that the host's hardware has found broken"),
            { Kind: VcpuExitKind.ForbiddenMemory } => Failed($"KVM_RUN failed on {who} (EFAULT), and KVM does not say at which address"),
            { Errno: not 0 } => Failed($"KVM_RUN failed on {who}: {Marshal.GetPInvokeErrorMessage(exit.Errno)}"),
            { Reason: KvmExitReason.InternalError } => Failed($"KVM internal error {area.Exit.Internal.SubError} on {who}{Status(in area.Exit.Internal)}"),
            { Reason: KvmExitReason.FailEntry } => Failed($"the processor refused to enter {who} (hardware reason 0x{area.Exit.FailEntry.HardwareReason:x})"),
            _ => Failed($"unexpected exit {exit.Reason} on {who}"),
        };
    }

    // arch/x86/kvm/vmx/tdx.c puts what TDH.VP.ENTER returned into the first word.
    private static string Status(in KvmExitInternal error) => error.Count > 0 ? $" (TDH.VP.ENTER status 0x{error.Data[0]:x})" : "";

    private static MachineOutcome Crash(string message) => new(MachineOutcomeKind.Crash, message);

    private static MachineOutcome Failed(string message) => new(MachineOutcomeKind.HostError, message);
}

using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Hardware.Exits;

/// <summary>
/// KVM_EXIT_MEMORY_FAULT: the guest used an address with the shared bit set where the page is private, or the other way round. It may: pages are
/// converted without MapGPA then, as other VMMs do.
/// </summary>
/// <param name="pages">Converts them.</param>
/// <param name="gpaWidth">Width of guest-physical addresses.</param>
/// <param name="lifecycle">Ends the machine where there is nothing to convert.</param>
public sealed class MemoryFaults(IPageConverter pages, GpaWidth gpaWidth, MachineLifecycle lifecycle)
{
    // Another vCPU may have converted the page back meanwhile, again and again; but one that faults this often does not get on any more.
    private const int MostSameFaults = 256;

    /// <summary>Serves one.</summary>
    /// <returns>Always true: a fault that cannot be helped ends the machine here.</returns>
    internal bool TryServe(TdxVcpu vcpu)
    {
        ref readonly KvmExitMemoryFault fault = ref vcpu.Vcpu.Kvm.Area.Exit.MemoryFault;
        ulong gpa = gpaWidth.WithoutSharedBit(fault.Gpa);
        ulong start = gpa & ~(GuestMemory.PageSize - 1);
        ulong end = (gpa + fault.Size + GuestMemory.PageSize - 1) & ~(GuestMemory.PageSize - 1);
        if (vcpu.CountFault(start, fault.IsPrivate) > MostSameFaults)
        {
            End(vcpu, in fault, "KVM cannot map it, though it is what the guest takes it for");
        }
        else if (end <= start || pages.Convert(start, end - start, shared: !fault.IsPrivate) is var outcome && outcome == MapGpaOutcome.NotMemory)
        {
            End(vcpu, in fault, "there is no memory");
        }
        else if (outcome == MapGpaOutcome.Refused)
        {
            End(vcpu, in fault, "the host could not convert it");
        }

        return true;
    }

    private void End(TdxVcpu vcpu, in KvmExitMemoryFault fault, string why) => lifecycle.End(new MachineOutcome(
        MachineOutcomeKind.Crash,
        $"vCPU {vcpu.Index} used GPA 0x{fault.Gpa:x} (0x{fault.Size:x} bytes) as {(fault.IsPrivate ? "private" : "shared")} memory, and {why}"));
}

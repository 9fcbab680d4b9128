using Vmm.Core.Buses;
using Vmm.Core.Exits;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Module.Exits;

/// <summary>
/// Memory accesses of a TD that reach no memory: device registers become #VE; private accesses to pages that are not the guest's, and shared
/// accesses to pages that are private, are violations.
/// </summary>
/// <param name="mode">Whether device registers become #VE or are served at once.</param>
/// <param name="td">The TD.</param>
/// <param name="pages">Page states.</param>
/// <param name="devices">Where device registers lie.</param>
/// <param name="mmio">The devices.</param>
/// <param name="finder">Finds out what the instruction does.</param>
/// <param name="exceptions">Raises #VE.</param>
/// <param name="lifecycle">Ends the machine.</param>
public sealed class TdMemoryAccess(
    VeMode mode,
    TdState td,
    SecureEpt pages,
    MmioTraps devices,
    MmioBus mmio,
    MemoryAccessFinder finder,
    ExceptionInjector exceptions,
    MachineLifecycle lifecycle)
{
    /// <summary>KVM_RUN = -EFAULT: RIP is at the instruction, nothing has happened yet.</summary>
    internal void ServeForbidden(EmulatedVcpu vcpu)
    {
        KvmVcpu kvm = vcpu.Vcpu.Kvm;
        kvm.GetSregs(out KvmSregs sregs);
        if (finder.FindForbidden(in kvm.Registers, in sregs) is not { } access)
        {
            lifecycle.End(IsolationViolation.DescribeUnknown(vcpu.Index, kvm.Registers.Rip));
        }
        else if (IsDevice(access.Gpa) && access.Kind is MemoryAccessKind.Read or MemoryAccessKind.Write)
        {
            RaiseVe(vcpu, in sregs, in access);
        }
        else
        {
            SettleViolation(vcpu, in sregs, in access);
        }
    }

    /// <summary>KVM cannot emulate what is at RIP: perhaps because there is nothing that the guest may fetch.</summary>
    /// <returns>False when the fetch is not the reason.</returns>
    internal bool TryServeFetch(EmulatedVcpu vcpu)
    {
        KvmVcpu kvm = vcpu.Vcpu.Kvm;
        kvm.GetSregs(out KvmSregs sregs);
        if (finder.FindForbidden(in kvm.Registers, in sregs) is not { Kind: MemoryAccessKind.Fetch } fetch)
        {
            return false;
        }

        SettleViolation(vcpu, in sregs, in fetch);
        return true;
    }

    /// <summary>KVM_EXIT_MMIO: no memory slot, or a host that emulates and cannot tell.</summary>
    internal void ServeMmio(EmulatedVcpu vcpu)
    {
        KvmVcpu kvm = vcpu.Vcpu.Kvm;
        ulong gpa = kvm.Area.Exit.Mmio.PhysicalAddress;
        bool isPrivate = !td.GpaWidth.IsShared(gpa);
        bool isMemory = pages.GetState(td.GpaWidth.WithoutSharedBit(gpa)) != PageState.Absent;
        kvm.GetSregs(out KvmSregs sregs);
        if (isPrivate || isMemory)
        {
            MemoryAccessKind kind = kvm.Area.Exit.Mmio.IsWrite != 0 ? MemoryAccessKind.Write : MemoryAccessKind.Read;
            MemoryAccess access = finder.TryRewindMmio(kvm, in sregs, out MemoryAccess rewound) ? rewound : new MemoryAccess(kind, gpa, 0, 0);
            SettleViolation(vcpu, in sregs, in access);
        }
        else if (mode == VeMode.Architectural && finder.TryRewindMmio(kvm, in sregs, out MemoryAccess access))
        {
            RaiseVe(vcpu, in sregs, in access);
        }
        else
        {
            MmioExit.Serve(kvm, mmio, td.GpaWidth.SharedBit);
        }
    }

    private bool IsDevice(ulong gpa) => td.GpaWidth.IsShared(gpa) && devices.Contains(td.GpaWidth.WithoutSharedBit(gpa));

    // Linux and others decode the instruction themselves, so its length is 0, as hardware leaves it undefined.
    private void RaiseVe(EmulatedVcpu vcpu, in KvmSregs sregs, in MemoryAccess access)
    {
        EptQualification qualification = EptQualification.LinearAddressValid | EptQualification.FinalTranslation
            | (access.Kind == MemoryAccessKind.Write ? EptQualification.DataWrite
                : access.Kind == MemoryAccessKind.Fetch ? EptQualification.InstructionFetch : EptQualification.DataRead);
        var info = new VeInfo(VmxExitReason.EptViolation, (ulong)qualification, access.Linear, access.Gpa);
        exceptions.RaiseVe(vcpu.Vcpu.Kvm, vcpu.Td, in sregs, in info);
    }

    private void SettleViolation(EmulatedVcpu vcpu, in KvmSregs sregs, in MemoryAccess access)
    {
        PageState state = pages.GetState(td.GpaWidth.WithoutSharedBit(access.Gpa));
        if (state == PageState.Pending && !td.GpaWidth.IsShared(access.Gpa) && !td.PendingVeDisabled && access.Kind != MemoryAccessKind.PageWalk)
        {
            RaiseVe(vcpu, in sregs, in access);
            return;
        }

        var violation = new SeptViolation(access.Gpa, ToGuestAccess(access.Kind), state);
        lifecycle.End(IsolationViolation.Describe(
            vcpu.Index, in violation, $"linear address 0x{access.Linear:x}", vcpu.Vcpu.Registers.Rip, td.GpaWidth.IsShared(access.Gpa)));
    }

    private static GuestAccess ToGuestAccess(MemoryAccessKind kind) => kind switch
    {
        MemoryAccessKind.Write => GuestAccess.Write,
        MemoryAccessKind.Fetch => GuestAccess.Fetch,
        MemoryAccessKind.PageWalk => GuestAccess.PageWalk,
        _ => GuestAccess.Read,
    };
}

using Vmm.TdxModel.Hardware;
using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>KVM_RUN of a TD's vCPU: kvm_arch_vcpu_ioctl_run, vcpu_run and tdx_handle_exit.</summary>
internal sealed class ModelRun
{
    private const ulong PrivateFlag = 1 << 3;
    private const uint UnexpectedExitReason = 4; // KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON

    private readonly ModelVcpu _vcpu;
    private readonly KernelVmCalls _vmCalls;

    internal ModelRun(ModelVcpu vcpu)
    {
        _vcpu = vcpu;
        _vmCalls = new KernelVmCalls(vcpu, this);
    }

    /// <summary>The registers of the TDVMCALL that is being served.</summary>
    internal VpEnterArgs Args;

    /// <summary>complete_userspace_io: takes what user space answered. Null lets the guest go on, a value is what KVM_RUN returns.</summary>
    internal Func<int?>? Complete { get; set; }

    internal bool HasRun { get; private set; }

    internal int Run()
    {
        RunPage page = _vcpu.Page!;
        if (page.AsksForRegisters)
        {
            return -Errno.EINVAL; // no register of a protected guest can be synchronised
        }

        Func<int?>? complete = Complete;
        Complete = null;
        if (complete?.Invoke() is { } completed)
        {
            return completed;
        }

        if (page.ImmediateExit)
        {
            return -Errno.EINTR;
        }

        if (_vcpu.Index < 0 || _vcpu.Vm.State != TdState.Runnable)
        {
            return -Errno.EINVAL; // tdx_vcpu_pre_run
        }

        HasRun = true;
        page.ExitReason = 0;
        while (true)
        {
            TdExit exit = _vcpu.Vm.Hardware!.Enter(_vcpu.Index, ref Args);
            if (Handle(page, in exit) is { } result)
            {
                return result;
            }
        }
    }

    private int? Handle(RunPage page, in TdExit exit)
    {
        switch (exit.Kind)
        {
            case TdExitKind.VmCall:
                return _vmCalls.Handle(page);
            case TdExitKind.EptViolation:
                return Fault(page, exit.Gpa & ~(ModelMemfd.PageSize - 1), exit.IsPrivate);
            case TdExitKind.PendingPage:
                _vcpu.Vm.IsDead = true; // KVM_BUG_ON: "Guest access before accepting"
                return -Errno.EIO;
            case TdExitKind.TripleFault:
                page.Begin(RunPage.ExitShutdown);
                return 0;
            case TdExitKind.Interrupted:
                page.ExitReason = RunPage.ExitIntr;
                return -Errno.EINTR;
            default:
                Span<byte> error = page.Begin(RunPage.ExitInternalError);
                error.Put32(0, UnexpectedExitReason);
                error.Put32(4, 2);
                error.Put64(8, exit.Status);
                return 0;
        }
    }

    // kvm_mmu_faultin_pfn: the attribute must be what the guest takes the page for, and a private page needs guest_memfd.
    private int? Fault(RunPage page, ulong gpa, bool isPrivate)
    {
        ModelSlot? slot = _vcpu.Vm.Pages.Find(gpa);
        if (slot is null || _vcpu.Vm.Pages.IsPrivate(gpa) != isPrivate || (isPrivate && slot.Memfd is null))
        {
            Span<byte> fault = page.Begin(RunPage.ExitMemoryFault);
            fault.Put64(0, isPrivate ? PrivateFlag : 0);
            fault.Put64(8, gpa);
            fault.Put64(16, ModelMemfd.PageSize);
            return -Errno.EFAULT;
        }

        if (isPrivate)
        {
            slot.Memfd!.Allocate(slot.Offset + (gpa - slot.Gpa));
        }

        return null;
    }
}

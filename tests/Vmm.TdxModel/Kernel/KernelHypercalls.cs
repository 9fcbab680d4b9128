using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel.Kernel;

/// <summary>KVM's hypercalls: TDVMCALLs with R10 ≠ 0 (arch/x86/kvm/x86.c, ____kvm_emulate_hypercall).</summary>
internal sealed class KernelHypercalls(ModelVcpu vcpu, ModelRun run)
{
    private const long NoSuchCall = -1000; // KVM_ENOSYS
    private const long InvalidArgument = -Errno.EINVAL;
    private const long NotSupported = -Errno.EOPNOTSUPP;

    private const uint FeaturesLeaf = 0x4000_0001;
    private const int PvUnhalt = 7;
    private const int PvSendIpi = 11;
    private const int PvSchedYield = 13;

    private const ulong PageSize = ModelMemfd.PageSize;

    internal int? Handle(RunPage page)
    {
        (ulong number, ulong gpa, ulong pages, ulong attributes) = (run.Args.R10, run.Args.R11, run.Args.R12, run.Args.R13);
        const ulong MapGpaRange = 12;
        if (number == MapGpaRange && vcpu.Vm.ForwardsMapGpa)
        {
            if (gpa % PageSize != 0 || pages == 0 || (gpa / PageSize) + pages <= gpa / PageSize)
            {
                return Answer(InvalidArgument);
            }

            KernelVmCalls.BeginHypercall(page, gpa, pages, attributes);
            run.Complete = () => Answer((long)page.Answer.U64(56));
            return 0;
        }

        return Answer(number switch
        {
            1 => 0, // VAPIC_POLL_IRQ
            5 when Has(PvUnhalt) => 0, // KICK_CPU: nobody halts by PV spinlock here
            9 => NotSupported, // CLOCK_PAIRING
            10 when Has(PvSendIpi) => InvalidArgument,
            11 when Has(PvSchedYield) => 0,
            _ => NoSuchCall,
        });
    }

    private int? Answer(long result)
    {
        run.Args.R10 = (ulong)result;
        return null;
    }

    // guest_pv_has: unless KVM_CAP_ENFORCE_PV_FEATURE_CPUID is enabled, a guest has what it was not offered as well.
    private bool Has(int feature) => !vcpu.Vm.EnforcesFeatures
        || vcpu.Cpuid.Any(entry => entry.Function == FeaturesLeaf && (entry.Eax >> feature & 1) != 0);
}

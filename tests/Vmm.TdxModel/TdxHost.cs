using Vmm.TdxModel.Uapi;

namespace Vmm.TdxModel;

/// <summary>The host that is modelled: what its processor, TDX module and kernel can do. Defaults are those of Linux 6.16 with TDX module 1.5.</summary>
public sealed record TdxHost
{
    /// <summary>Attributes that a TD may have: DEBUG, SEPT_VE_DISABLE, PKS (TDX module specification, ATTRIBUTES).</summary>
    public ulong SupportedAttributes { get; init; } = 1 | (1UL << 28) | (1UL << 30);

    /// <summary>XFAM bits that a TD may have.</summary>
    public ulong SupportedXfam { get; init; } = 0x6_02E7;

    /// <summary>XFAM bits that every TD has: x87 and SSE.</summary>
    public ulong FixedXfam { get; init; } = 3;

    /// <summary>TDVMCALLs that user space may announce in R11 of GetTdVmCallInfo leaf 1: SetupEventNotifyInterrupt.</summary>
    public ulong UserVmCallInfo { get; init; } = 2;

    /// <summary>Whether the processor has 5-level EPT, so that a TD may have 52 bits of address.</summary>
    public bool HasFiveLevelEpt { get; init; } = true;

    /// <summary>Present processors: KVM gives a TD no more vCPUs than that.</summary>
    public int PresentCpus { get; init; } = 64;

    /// <summary>TDs that there are key ids for.</summary>
    public int FreeKeyIds { get; init; } = 1;

    /// <summary>TSC frequency in kHz.</summary>
    public int TscKhz { get; init; } = 2_100_000;

    /// <summary>The CPUID bits that KVM_TDX_CAPABILITIES says can be configured.</summary>
    public IReadOnlyList<CpuidBits> ConfigurableCpuid { get; init; } =
    [
        new(0x1, 0, 0, 0x0FFF_3FFF, 0x00FF_0000, 0x77FE_F3FF, 0xBFEB_FBFF),
        new(0x4, 0, 1, 0xFC00_0000, 0, 0, 0),
        new(0x4, 1, 1, 0xFC00_0000, 0, 0, 0),
        new(0x4, 2, 1, 0xFC00_0000, 0, 0, 0),
        new(0x4, 3, 1, 0xFC00_0000, 0, 0, 0),
        new(0x7, 0, 1, 0, 0xF1BF_0FBB, 0x1941_5F7E, 0xBC14_4410),
        new(0xD, 1, 1, 0xF, 0, 0, 0),
        new(0x18, 0, 1, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF),
        new(0x1F, 0, 1, 0x1F, 0xFFFF, 0xFFFF, 0),
        new(0x1F, 1, 1, 0x1F, 0xFFFF, 0xFFFF, 0),
        new(0x1F, 2, 1, 0x1F, 0xFFFF, 0xFFFF, 0),
        new(0x8000_0008, 0, 0, 0x00FF_00FF, 0x0200_0200, 0, 0),
    ];

    /// <summary>KVM_GET_SUPPORTED_CPUID.</summary>
    public IReadOnlyList<CpuidBits> SupportedCpuid { get; init; } =
    [
        new(0x0, 0, 0, 0x1F, 0x756E_6547, 0x6C65_746E, 0x4965_6E69),
        new(0x1, 0, 0, 0x000C_06F2, 0x0001_0800, 0xF7FA_3203, 0x1FAB_FBFF),
        new(0x2, 0, 0, 0x00FE_FF01, 0xF0, 0, 0),
        new(0x4, 0, 1, 0xFC00_4121, 0x02C0_003F, 0x3F, 0),
        new(0x7, 0, 1, 1, 0xF1BF_07AB, 0x1B41_5F6E, 0xBC81_4410),
        new(0xB, 0, 1, 0, 1, 0x100, 0),
        new(0xD, 0, 1, 0x6_02E7, 0x2B00, 0x2B00, 0),
        new(0xD, 1, 1, 0xF, 0x2B00, 0, 0),
        new(0x15, 0, 0, 2, 0xA8, 25_000_000, 0),
        new(0x1F, 0, 1, 0, 1, 0x100, 0),
        new(0x8000_0000, 0, 0, 0x8000_0008, 0, 0, 0),
        new(0x8000_0001, 0, 0, 0, 0, 0x121, 0x2C10_0800),
        new(0x8000_0008, 0, 0, 0x0034_3934, 0, 0, 0),
    ];

    /// <summary>Answers of KVM_CHECK_EXTENSION on /dev/kvm; what is not named is 0.</summary>
    public IReadOnlyDictionary<uint, int> Extensions { get; init; } = new Dictionary<uint, int>
    {
        [Caps.NrVcpus] = 64,
        [Caps.Irqfd] = 1,
        [Caps.Ioeventfd] = 1,
        [Caps.VcpuEvents] = 1,
        [Caps.TscControl] = 1,
        [Caps.MaxVcpus] = 4096,
        [Caps.TscDeadlineTimer] = 1,
        [Caps.SyncRegs] = 7,
        [Caps.SignalMsi] = 1,
        [Caps.SplitIrqchip] = 1,
        [Caps.X2apicApi] = 3,
        [Caps.ImmediateExit] = 1,
        [Caps.X86UserSpaceMsr] = 7,
        [Caps.X86MsrFilter] = 1,
        [Caps.EnforcePvFeatureCpuid] = 1,
        [Caps.ExitHypercall] = 1 << 12,
        [Caps.VmTscControl] = 1,
        [Caps.UserMemory2] = 1,
        [Caps.MemoryFaultInfo] = 1,
        [Caps.MemoryAttributes] = 1 << 3,
        [Caps.GuestMemfd] = 1,
        [Caps.VmTypes] = (1 << 0) | (1 << 5),
        [Caps.PreFaultMemory] = 1,
        [Caps.X86ApicBusCyclesNs] = 1,
    };
}

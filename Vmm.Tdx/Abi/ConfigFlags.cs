namespace Vmm.Tdx.Abi;

/// <summary>CONFIG_FLAGS of a TD.</summary>
[Flags]
public enum ConfigFlags : ulong
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>GPAW is 52 rather than 48.</summary>
    Gpaw52 = 1UL << 0,

    /// <summary>FLEXIBLE_PENDING_VE: the guest may change TD_CTLS.PENDING_VE_DISABLE.</summary>
    FlexiblePendingVe = 1UL << 1,

    /// <summary>NO_RBP_MOD: RBP does not pass to the VMM.</summary>
    NoRbpMod = 1UL << 2,

    /// <summary>MAXPA_VIRT.</summary>
    MaxPaVirt = 1UL << 3,

    /// <summary>MAXGPA_VIRT.</summary>
    MaxGpaVirt = 1UL << 4,

    /// <summary>TDX_CONNECT.</summary>
    TdxConnect = 1UL << 5,

    /// <summary>PAGE_RELEASE.</summary>
    PageRelease = 1UL << 6,

    /// <summary>SEALING.</summary>
    Sealing = 1UL << 7,
}

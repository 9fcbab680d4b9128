namespace Vmm.Tdx.Abi;

/// <summary>TDX_FEATURES0: what the module can do.</summary>
[Flags]
public enum TdxFeatures0 : ulong
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>TD migration.</summary>
    Migration = 1UL << 0,

    /// <summary>TD preserving update.</summary>
    Preserving = 1UL << 1,

    /// <summary>Service TDs.</summary>
    ServiceTd = 1UL << 2,

    /// <summary>TDG.VP.RD and TDG.VP.WR.</summary>
    VpReadWrite = 1UL << 3,

    /// <summary>Relaxed memory management.</summary>
    RelaxedMemoryManagement = 1UL << 4,

    /// <summary>Guest control of CPUID virtualisation.</summary>
    CpuidVirtGuestControl = 1UL << 5,

    /// <summary>TD partitioning.</summary>
    Partitioning = 1UL << 7,

    /// <summary>Local attestation: TDG.MR.VERIFYREPORT.</summary>
    LocalAttestation = 1UL << 8,

    /// <summary>TD entry enhancements.</summary>
    EntryEnhancements = 1UL << 9,

    /// <summary>Host-priority locks.</summary>
    HostPriorityLocks = 1UL << 10,

    /// <summary>Configurable IA32_ARCH_CAPABILITIES.</summary>
    ConfigArchCapabilities = 1UL << 11,

    /// <summary>Sealing.</summary>
    Sealing = 1UL << 12,

    /// <summary>Pending EPT violation, version 2.</summary>
    PendingEptViolationV2 = 1UL << 16,

    /// <summary>Configurable family, model and stepping.</summary>
    FmsConfig = 1UL << 17,

    /// <summary>CONFIG_FLAGS.NO_RBP_MOD.</summary>
    NoRbpMod = 1UL << 18,

    /// <summary>Optimised L2 TLB invalidation.</summary>
    L2TlbInvalidationOptimisation = 1UL << 19,

    /// <summary>TD_CTLS.ENUM_TOPOLOGY.</summary>
    TopologyEnumeration = 1UL << 20,

    /// <summary>TD signing.</summary>
    TdSigning = 1UL << 22,

    /// <summary>128-bit seal key.</summary>
    SealKey128 = 1UL << 50,
}

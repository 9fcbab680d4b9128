namespace Vmm.Tdx.Abi;

/// <summary>TD_CTLS: what the guest chose about its own virtualisation.</summary>
[Flags]
public enum TdCtls : ulong
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>PENDING_VE_DISABLE.</summary>
    PendingVeDisable = 1UL << 0,

    /// <summary>ENUM_TOPOLOGY: the module answers the topology leaves of CPUID.</summary>
    EnumTopology = 1UL << 1,

    /// <summary>VIRT_CPUID2: the module answers leaf 2 of CPUID.</summary>
    VirtCpuid2 = 1UL << 2,

    /// <summary>REDUCE_VE: fewer #VEs; implies the two above.</summary>
    ReduceVe = 1UL << 3,

    /// <summary>ENABLE_HW_SEAL_KEYS.</summary>
    EnableHwSealKeys = 1UL << 4,

    /// <summary>LOCK: no more changes.</summary>
    Lock = 1UL << 63,
}

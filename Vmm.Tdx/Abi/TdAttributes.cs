namespace Vmm.Tdx.Abi;

/// <summary>ATTRIBUTES of a TD.</summary>
[Flags]
public enum TdAttributes : ulong
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>The TD can be debugged: it is not to be trusted.</summary>
    Debug = 1UL << 0,

    /// <summary>HGS_PLUS_PROF.</summary>
    HgsPlusProfiling = 1UL << 4,

    /// <summary>PERF_PROF.</summary>
    PerformanceProfiling = 1UL << 5,

    /// <summary>PMT_PROF.</summary>
    PmtProfiling = 1UL << 6,

    /// <summary>ICSSD.</summary>
    Icssd = 1UL << 16,

    /// <summary>LASS: linear address space separation.</summary>
    Lass = 1UL << 27,

    /// <summary>SEPT_VE_DISABLE: access to a pending private page is a TD exit, never a #VE. Linux insists on it.</summary>
    SeptVeDisable = 1UL << 28,

    /// <summary>MIGRATABLE.</summary>
    Migratable = 1UL << 29,

    /// <summary>PKS: supervisor protection keys.</summary>
    Pks = 1UL << 30,

    /// <summary>KL.</summary>
    KeyLocker = 1UL << 31,

    /// <summary>TPA.</summary>
    Tpa = 1UL << 62,

    /// <summary>PERFMON: the TD may use the performance counters.</summary>
    PerfMon = 1UL << 63,
}

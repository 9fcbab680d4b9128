namespace Vmm.Tdx.Abi;

/// <summary>CPUID 0x40000001 EAX: the paravirtual features on offer, as far as they decide about hypercalls.</summary>
[Flags]
public enum KvmFeatures : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>PV_UNHALT: <see cref="KvmHypercall.KickCpu"/>.</summary>
    PvUnhalt = 1 << 7,

    /// <summary>PV_SEND_IPI: <see cref="KvmHypercall.SendIpi"/>.</summary>
    PvSendIpi = 1 << 11,

    /// <summary>PV_SCHED_YIELD: <see cref="KvmHypercall.SchedYield"/>.</summary>
    PvSchedYield = 1 << 13,
}

namespace Vmm.Tdx.Abi;

/// <summary>KVM's hypercall numbers (KVM_HC_*): R10 of a vendor call.</summary>
public enum KvmHypercall : ulong
{
    /// <summary>KVM_HC_VAPIC_POLL_IRQ.</summary>
    VapicPollIrq = 1,

    /// <summary>KVM_HC_KICK_CPU.</summary>
    KickCpu = 5,

    /// <summary>KVM_HC_CLOCK_PAIRING.</summary>
    ClockPairing = 9,

    /// <summary>KVM_HC_SEND_IPI.</summary>
    SendIpi = 10,

    /// <summary>KVM_HC_SCHED_YIELD.</summary>
    SchedYield = 11,

    /// <summary>KVM_HC_MAP_GPA_RANGE.</summary>
    MapGpaRange = 12,
}

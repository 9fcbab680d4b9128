namespace Vmm.Tdx.VmCalls;

/// <summary>The vCPU that makes a TDVMCALL. Its members are called on its own thread.</summary>
public interface IVmCallVcpu
{
    /// <summary>VCPU_INDEX: 0 up to the number of vCPUs less one.</summary>
    int Index { get; }

    /// <summary>x2APIC id.</summary>
    uint ApicId { get; }

    /// <summary>What it has called.</summary>
    VmCallCounters VmCalls { get; }

    /// <summary>Whether something waits for the vCPU (an interrupt, a kick): long calls stop and have the guest call again.</summary>
    bool HasPendingEvent { get; }

    /// <summary>Has the vCPU wait for an event once the call has returned; does not block by itself.</summary>
    /// <param name="interruptsBlocked">Whether only NMI and the like end the wait. If false the guest takes interrupts, whatever RFLAGS.IF is.</param>
    void Halt(bool interruptsBlocked);
}

namespace Vmm.Core.Kvm;

/// <summary>KVM_MP_STATE_* (linux/kvm.h).</summary>
public enum KvmMpState : uint
{
    /// <summary>Runs.</summary>
    Runnable = 0,

    /// <summary>Waits for INIT.</summary>
    Uninitialized = 1,

    /// <summary>Waits for SIPI.</summary>
    InitReceived = 2,

    /// <summary>Sleeps in HLT until an interrupt.</summary>
    Halted = 3,
}

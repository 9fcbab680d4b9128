namespace Vmm.Core.Kvm;

/// <summary>KVM_MSR_EXIT_REASON_* (linux/kvm.h).</summary>
[Flags]
public enum KvmMsrExitReason : uint
{
    /// <summary>The access itself is invalid.</summary>
    Inval = 1,

    /// <summary>KVM does not know the register.</summary>
    Unknown = 2,

    /// <summary>The MSR filter denies the access.</summary>
    Filter = 4,
}

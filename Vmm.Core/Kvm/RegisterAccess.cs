namespace Vmm.Core.Kvm;

/// <summary>How the general registers of a vCPU come and go.</summary>
public enum RegisterAccess
{
    /// <summary>Not at all: they are a TD's own.</summary>
    None,

    /// <summary>By KVM_GET_REGS and KVM_SET_REGS around every KVM_RUN.</summary>
    Ioctl,

    /// <summary>In the page shared with KVM (KVM_CAP_SYNC_REGS).</summary>
    SharedPage,
}

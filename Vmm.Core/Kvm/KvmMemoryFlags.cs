namespace Vmm.Core.Kvm;

/// <summary>KVM_MEM_* (linux/kvm.h).</summary>
[Flags]
public enum KvmMemoryFlags : uint
{
    /// <summary>Ordinary memory.</summary>
    None = 0,

    /// <summary>Private pages come out of a guest_memfd.</summary>
    GuestMemfd = 1 << 2,
}

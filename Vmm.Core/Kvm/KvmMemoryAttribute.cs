namespace Vmm.Core.Kvm;

/// <summary>KVM_MEMORY_ATTRIBUTE_* (linux/kvm.h).</summary>
[Flags]
public enum KvmMemoryAttribute : ulong
{
    /// <summary>Shared with the host.</summary>
    None = 0,

    /// <summary>The guest's own.</summary>
    Private = 1 << 3,
}

namespace Vmm.Core.Kvm;

/// <summary>KVM_X86_*_VM (asm/kvm.h). KVM_CAP_VM_TYPES has one bit for each.</summary>
public enum KvmVmType
{
    /// <summary>An ordinary VM.</summary>
    Default = 0,

    /// <summary>Private memory without hardware behind it.</summary>
    SwProtected = 1,

    /// <summary>A TD.</summary>
    Tdx = 5,
}

namespace Vmm.Core.Kvm;

/// <summary>KVM_SYNC_X86_*: parts of the register file in the shared page.</summary>
[Flags]
public enum KvmSync : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>General registers.</summary>
    Regs = 1,

    /// <summary>Segments and control registers.</summary>
    Sregs = 2,

    /// <summary>Events.</summary>
    Events = 4,
}

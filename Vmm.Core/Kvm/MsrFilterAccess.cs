namespace Vmm.Core.Kvm;

/// <summary>KVM_MSR_FILTER_READ and KVM_MSR_FILTER_WRITE (linux/kvm.h).</summary>
[Flags]
public enum MsrFilterAccess : uint
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>RDMSR.</summary>
    Read = 1,

    /// <summary>WRMSR.</summary>
    Write = 2,

    /// <summary>Both.</summary>
    ReadWrite = Read | Write,
}

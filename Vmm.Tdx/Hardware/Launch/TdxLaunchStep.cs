namespace Vmm.Tdx.Hardware.Launch;

/// <summary>The steps of a launch, in order.</summary>
public enum TdxLaunchStep
{
    /// <summary>KVM has what TDs need.</summary>
    CheckExtensions,

    /// <summary>KVM_TDX_CAPABILITIES.</summary>
    Capabilities,

    /// <summary>What the TD is to be, against what this host can give it.</summary>
    Parameters,

    /// <summary>KVM_ENABLE_CAP: interrupt controllers, clocks, MapGPA.</summary>
    EnableCapabilities,

    /// <summary>KVM_SET_TSC_KHZ.</summary>
    TscFrequency,

    /// <summary>guest_memfd, memory slots and private attributes.</summary>
    Memory,

    /// <summary>KVM_TDX_INIT_VM.</summary>
    InitVm,

    /// <summary>KVM_SET_CPUID2 of each vCPU.</summary>
    Cpuid,

    /// <summary>KVM_TDX_INIT_VCPU of each vCPU.</summary>
    InitVcpu,

    /// <summary>KVM_TDX_INIT_MEM_REGION of each section.</summary>
    InitMemRegion,

    /// <summary>KVM_TDX_FINALIZE_VM.</summary>
    FinalizeVm,
}

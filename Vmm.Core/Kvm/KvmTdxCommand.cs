namespace Vmm.Core.Kvm;

/// <summary>KVM_TDX_*: commands of KVM_MEMORY_ENCRYPT_OP on a TD (asm/kvm.h).</summary>
public enum KvmTdxCommand : uint
{
    /// <summary>What a TD can be given. VM.</summary>
    Capabilities = 0,

    /// <summary>Creates the TD in the TDX module. VM.</summary>
    InitVm = 1,

    /// <summary>Creates the vCPU in the TDX module. vCPU.</summary>
    InitVcpu = 2,

    /// <summary>Adds initial contents. vCPU.</summary>
    InitMemRegion = 3,

    /// <summary>Ends the build: MRTD is final and the TD can run. VM.</summary>
    FinalizeVm = 4,

    /// <summary>The CPUID values that the TDX module shows. vCPU.</summary>
    GetCpuid = 5,
}

namespace Vmm.Tdx.Abi;

/// <summary>vCPU-scope metadata fields (TDG.VP.RD, TDG.VP.WR).</summary>
public static class VcpuMetadata
{
    /// <summary>VCPU_INDEX.</summary>
    public static MetadataFieldId VcpuIndex => new(0xA020_0002_0000_0002);

    /// <summary>CPUID_SUPERVISOR_VE: a boolean.</summary>
    public static MetadataFieldId CpuidSupervisorVe => new(0xA020_0000_0000_0007);

    /// <summary>CPUID_USER_VE: a boolean.</summary>
    public static MetadataFieldId CpuidUserVe => new(0xA020_0000_0000_0008);

    /// <summary>L2_CTLS: one quadword an L2 VM.</summary>
    public static MetadataFieldId L2Ctls => new(0xA020_0003_0000_0050);

    /// <summary>TSC_DEADLINE: one quadword an L2 VM.</summary>
    public static MetadataFieldId TscDeadline => new(0xA020_0003_0000_0058);

    /// <summary>CPUID_CONTROL: 128 bytes; bit 0 forces #VE for the supervisor, bit 1 for the user.</summary>
    public static MetadataFieldId CpuidControl => new(0xA120_0000_0000_0000);
}

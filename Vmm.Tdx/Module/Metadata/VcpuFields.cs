using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Metadata;

/// <summary>vCPU-scope metadata: TDG.VP.RD and TDG.VP.WR.</summary>
/// <remarks>L2_CTLS and TSC_DEADLINE are left out, and so METADATA_FIELD_ID_INCORRECT: they belong to L2 VMs, of which there are none.</remarks>
public static class VcpuFields
{
    private const ulong BooleanWritable = 1;
    private const ulong CpuidControlWritable = 3;

    /// <summary>The fields.</summary>
    public static MetadataTable<TdVcpu> Table { get; } = new(
        new(VcpuMetadata.VcpuIndex, static (vcpu, _) => (ulong)vcpu.Index),
        new(VcpuMetadata.CpuidSupervisorVe, static (vcpu, _) => vcpu.CpuidSupervisorVe ? 1UL : 0, BooleanWritable, SetSupervisorVe),
        new(VcpuMetadata.CpuidUserVe, static (vcpu, _) => vcpu.CpuidUserVe ? 1UL : 0, BooleanWritable, SetUserVe),
        new(VcpuMetadata.CpuidControl, TdVcpu.CpuidControls, static (vcpu, i) => vcpu.CpuidControl[i], CpuidControlWritable, SetCpuidControl));

    private static bool SetSupervisorVe(TdVcpu vcpu, int element, ulong value)
    {
        vcpu.CpuidSupervisorVe = value != 0;
        return true;
    }

    private static bool SetUserVe(TdVcpu vcpu, int element, ulong value)
    {
        vcpu.CpuidUserVe = value != 0;
        return true;
    }

    private static bool SetCpuidControl(TdVcpu vcpu, int element, ulong value)
    {
        vcpu.CpuidControl[element] = (byte)value;
        return true;
    }
}

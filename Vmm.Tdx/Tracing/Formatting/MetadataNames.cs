using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tracing.Formatting;

/// <summary>Names of the metadata fields of a scope; classes mean different things in different scopes.</summary>
internal sealed class MetadataNames
{
    private const int UuidElements = 4;
    private const int MeasurementElements = 6;
    private const int Rtmrs = 4;

    private readonly (MetadataFieldId Id, string Name, int Elements)[] _fields;

    private MetadataNames(params (MetadataFieldId Id, string Name, int Elements)[] fields) => _fields = fields;

    /// <summary>TD scope.</summary>
    internal static MetadataNames Td { get; } = new(
        (TdMetadata.TdUuid, "TD_UUID", UuidElements),
        (TdMetadata.NumVcpus, "NUM_VCPUS", 1),
        (TdMetadata.NumL2Vms, "NUM_L2_VMS", 1),
        (TdMetadata.Attributes, "ATTRIBUTES", 1),
        (TdMetadata.Xfam, "XFAM", 1),
        (TdMetadata.MaxVcpus, "MAX_VCPUS", 1),
        (TdMetadata.Gpaw, "GPAW", 1),
        (TdMetadata.TscFrequency, "TSC_FREQUENCY", 1),
        (TdMetadata.NotifyEnables, "NOTIFY_ENABLES", 1),
        (TdMetadata.ConfigFlags, "CONFIG_FLAGS", 1),
        (TdMetadata.TdCtls, "TD_CTLS", 1),
        (TdMetadata.VirtMaxPa, "VIRT_MAXPA", 1),
        (TdMetadata.TopologyEnumConfigured, "TOPOLOGY_ENUM_CONFIGURED", 1),
        (TdMetadata.VeReductionValid, "VE_REDUCTION_VALID", 1),
        (TdMetadata.CpuidFixed0Bitmap, "CPUID_FIXED0_BITMAP", 1),
        (TdMetadata.FeatureParavirtCtls, "FEATURE_PARAVIRT_CTLS", 1),
        (TdMetadata.MrTd, "MRTD", MeasurementElements),
        (TdMetadata.MrConfigId, "MRCONFIGID", MeasurementElements),
        (TdMetadata.MrOwner, "MROWNER", MeasurementElements),
        (TdMetadata.MrOwnerConfig, "MROWNERCONFIG", MeasurementElements),
        (TdMetadata.Rtmr, "RTMR", Rtmrs * MeasurementElements),
        (TdMetadata.ExportCount, "EXPORT_COUNT", 1),
        (TdMetadata.ImportCount, "IMPORT_COUNT", 1),
        (TdMetadata.MigDecKey, "MIG_DEC_KEY", UuidElements),
        (TdMetadata.MigDecWorkingKey, "MIG_DEC_WORKING_KEY", UuidElements),
        (TdMetadata.MigEncKey, "MIG_ENC_KEY", UuidElements),
        (TdMetadata.MigEncWorkingKey, "MIG_ENC_WORKING_KEY", UuidElements),
        (TdMetadata.MigVersion, "MIG_VERSION", 1),
        (TdMetadata.MigWorkingVersion, "MIG_WORKING_VERSION", 1),
        (TdMetadata.PreImportUuid, "PRE_IMPORT_UUID", UuidElements),
        (TdMetadata.ServTdHash, "SERVTD_HASH", MeasurementElements),
        (TdMetadata.ServTdNum, "SERVTD_NUM", 1),
        (TdMetadata.X2ApicIds, "X2APIC_IDS", int.MaxValue));

    /// <summary>vCPU scope.</summary>
    internal static MetadataNames Vcpu { get; } = new(
        (VcpuMetadata.VcpuIndex, "VCPU_INDEX", 1),
        (VcpuMetadata.CpuidSupervisorVe, "CPUID_SUPERVISOR_VE", 1),
        (VcpuMetadata.CpuidUserVe, "CPUID_USER_VE", 1),
        (VcpuMetadata.L2Ctls, "L2_CTLS", UuidElements),
        (VcpuMetadata.TscDeadline, "TSC_DEADLINE", UuidElements),
        (VcpuMetadata.CpuidControl, "CPUID_CONTROL", Module.TdVcpu.CpuidControls));

    /// <summary>Global scope.</summary>
    internal static MetadataNames Sys { get; } = new(
        (SysMetadata.VendorId, "VENDOR_ID", 1),
        (SysMetadata.MinorVersion, "MINOR_VERSION", 1),
        (SysMetadata.MajorVersion, "MAJOR_VERSION", 1),
        (SysMetadata.SysAttributes, "SYS_ATTRIBUTES", 1),
        (SysMetadata.NumTdxFeatures, "NUM_TDX_FEATURES", 1),
        (SysMetadata.Features0, "TDX_FEATURES0", 1),
        (SysMetadata.MigrationAttributes, "MIGRATION_ATTRIBUTES", 1),
        (SysMetadata.MigrationVersions, "MIGRATION_VERSION", UuidElements),
        (SysMetadata.GuestL2GpaAttrMask, "GUEST_L2_GPA_ATTR_MASK", 1));

    /// <summary>The name, with the element where there are several; the number of a field without a name.</summary>
    internal string Find(ulong value)
    {
        var id = new MetadataFieldId(value);
        if (id.IsNull)
        {
            return "none";
        }

        foreach ((MetadataFieldId first, string name, int elements) in _fields)
        {
            uint element = id.Key - first.Key;
            if (id.Class == first.Class && id.Key >= first.Key && element < (uint)elements)
            {
                return elements == 1 ? name : $"{name}[{element}]";
            }
        }

        return $"0x{value:x}";
    }
}

namespace Vmm.Tdx.Abi;

/// <summary>TD-scope metadata fields (TDG.VM.RD, TDG.VM.WR) and those of a bound target (TDG.SERVTD.RD, TDG.SERVTD.WR).</summary>
public static class TdMetadata
{
    /// <summary>TD_UUID: 4 quadwords.</summary>
    public static MetadataFieldId TdUuid => new(0x8010_0003_0000_0020);

    /// <summary>NUM_VCPUS.</summary>
    public static MetadataFieldId NumVcpus => new(0x9010_0002_0000_0001);

    /// <summary>NUM_L2_VMS.</summary>
    public static MetadataFieldId NumL2Vms => new(0x9010_0001_0000_0005);

    /// <summary>ATTRIBUTES: <see cref="TdAttributes"/>.</summary>
    public static MetadataFieldId Attributes => new(0x1110_0003_0000_0000);

    /// <summary>XFAM: <see cref="Abi.Xfam"/>.</summary>
    public static MetadataFieldId Xfam => new(0x1110_0003_0000_0001);

    /// <summary>MAX_VCPUS.</summary>
    public static MetadataFieldId MaxVcpus => new(0x1110_0002_0000_0002);

    /// <summary>GPAW: 0 for 48 bits, 1 for 52.</summary>
    public static MetadataFieldId Gpaw => new(0x1110_0000_0000_0003);

    /// <summary>TSC_FREQUENCY in units of 25 MHz.</summary>
    public static MetadataFieldId TscFrequency => new(0x1110_0001_0000_000C);

    /// <summary>NOTIFY_ENABLES: bit 0 is writable.</summary>
    public static MetadataFieldId NotifyEnables => new(0x9110_0003_0000_0010);

    /// <summary>CONFIG_FLAGS: <see cref="Abi.ConfigFlags"/>. Older modules list it without the NON_ARCH bit.</summary>
    public static MetadataFieldId ConfigFlags => new(0x9110_0003_0000_0016);

    /// <summary>TD_CTLS: <see cref="Abi.TdCtls"/>. Older modules list it without the NON_ARCH bit.</summary>
    public static MetadataFieldId TdCtls => new(0x9110_0003_0000_0017);

    /// <summary>VIRT_MAXPA.</summary>
    public static MetadataFieldId VirtMaxPa => new(0x9110_0000_0000_0018);

    /// <summary>TOPOLOGY_ENUM_CONFIGURED: a boolean.</summary>
    public static MetadataFieldId TopologyEnumConfigured => new(0x9110_0000_0000_0019);

    /// <summary>VE_REDUCTION_VALID: a boolean.</summary>
    public static MetadataFieldId VeReductionValid => new(0x9110_0000_0000_001A);

    /// <summary>CPUID_FIXED0_BITMAP.</summary>
    public static MetadataFieldId CpuidFixed0Bitmap => new(0x9110_0003_0000_0021);

    /// <summary>FEATURE_PARAVIRT_CTLS.</summary>
    public static MetadataFieldId FeatureParavirtCtls => new(0x9110_0003_0000_0022);

    /// <summary>MRTD: 6 quadwords.</summary>
    public static MetadataFieldId MrTd => new(0x1310_0003_0000_0000);

    /// <summary>MRCONFIGID: 6 quadwords.</summary>
    public static MetadataFieldId MrConfigId => new(0x1310_0003_0000_0010);

    /// <summary>MROWNER: 6 quadwords.</summary>
    public static MetadataFieldId MrOwner => new(0x1310_0003_0000_0018);

    /// <summary>MROWNERCONFIG: 6 quadwords.</summary>
    public static MetadataFieldId MrOwnerConfig => new(0x1310_0003_0000_0020);

    /// <summary>RTMR0..3: 6 quadwords each.</summary>
    public static MetadataFieldId Rtmr => new(0x1310_0003_0000_0040);

    /// <summary>CPUID_VALUES: host only.</summary>
    public static MetadataFieldId CpuidValues => new(0x9410_0003_0000_0000);

    /// <summary>MIG_DEC_KEY: 4 quadwords, for a service TD.</summary>
    public static MetadataFieldId MigDecKey => new(0x9810_0003_0000_0010);

    /// <summary>MIG_DEC_WORKING_KEY: 4 quadwords, for a service TD.</summary>
    public static MetadataFieldId MigDecWorkingKey => new(0x9810_0003_0000_0014);

    /// <summary>MIG_ENC_KEY: 4 quadwords, for a service TD.</summary>
    public static MetadataFieldId MigEncKey => new(0x9810_0003_0000_0018);

    /// <summary>MIG_ENC_WORKING_KEY: 4 quadwords, for a service TD.</summary>
    public static MetadataFieldId MigEncWorkingKey => new(0x9810_0003_0000_001C);

    /// <summary>MIG_VERSION, for a service TD.</summary>
    public static MetadataFieldId MigVersion => new(0x9810_0001_0000_0020);

    /// <summary>MIG_WORKING_VERSION, for a service TD.</summary>
    public static MetadataFieldId MigWorkingVersion => new(0x9810_0001_0000_0021);

    /// <summary>EXPORT_COUNT, for a service TD.</summary>
    public static MetadataFieldId ExportCount => new(0x9810_0002_0000_0002);

    /// <summary>IMPORT_COUNT, for a service TD.</summary>
    public static MetadataFieldId ImportCount => new(0x9810_0002_0000_0003);

    /// <summary>PRE_IMPORT_UUID: 4 quadwords.</summary>
    public static MetadataFieldId PreImportUuid => new(0x9810_0003_0000_0040);

    /// <summary>SERVTD_HASH: 6 quadwords.</summary>
    public static MetadataFieldId ServTdHash => new(0x9910_0003_0000_0000);

    /// <summary>SERVTD_NUM.</summary>
    public static MetadataFieldId ServTdNum => new(0x9910_0001_0000_0006);

    /// <summary>SERVTD_BINDINGS.</summary>
    public static MetadataFieldId ServTdBindings => new(0x9910_0003_0000_0080);

    /// <summary>X2APIC_IDS: one doubleword a vCPU.</summary>
    public static MetadataFieldId X2ApicIds => new(0x9C10_0002_0000_0000);
}

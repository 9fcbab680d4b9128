namespace Vmm.Tdx.Abi;

/// <summary>Global metadata fields (TDG.SYS.RD, TDG.SYS.RDALL).</summary>
public static class SysMetadata
{
    /// <summary>VENDOR_ID: <c>0x8086</c> is Intel.</summary>
    public static MetadataFieldId VendorId => new(0x0800_0002_0000_0000);

    /// <summary>MINOR_VERSION.</summary>
    public static MetadataFieldId MinorVersion => new(0x0800_0001_0000_0003);

    /// <summary>MAJOR_VERSION.</summary>
    public static MetadataFieldId MajorVersion => new(0x0800_0001_0000_0004);

    /// <summary>SYS_ATTRIBUTES.</summary>
    public static MetadataFieldId SysAttributes => new(0x0A00_0002_0000_0000);

    /// <summary>NUM_TDX_FEATURES: quadwords of features.</summary>
    public static MetadataFieldId NumTdxFeatures => new(0x0A00_0000_0000_0001);

    /// <summary>TDX_FEATURES0: <see cref="TdxFeatures0"/>.</summary>
    public static MetadataFieldId Features0 => new(0x0A00_0003_0000_0008);

    /// <summary>MIG_ATTRIBUTES.</summary>
    public static MetadataFieldId MigrationAttributes => new(0xA000_0003_0000_0000);

    /// <summary>MIN_EXPORT_VERSION, followed by MAX_EXPORT_VERSION, MIN_IMPORT_VERSION and MAX_IMPORT_VERSION.</summary>
    public static MetadataFieldId MigrationVersions => new(0x2000_0001_0000_0001);

    /// <summary>GUEST_L2_GPA_ATTR_MASK.</summary>
    public static MetadataFieldId GuestL2GpaAttrMask => new(0xA200_0001_0000_0000);
}

using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Metadata;

/// <summary>Global metadata: TDG.SYS.RD and TDG.SYS.RDALL.</summary>
public static class SysFields
{
    private const int MigrationVersionCount = 4;

    /// <summary>The fields.</summary>
    public static MetadataTable<ModuleState> Table { get; } = new(
    [
        new(SysMetadata.VendorId, static (module, _) => module.VendorId),
        new(SysMetadata.MinorVersion, static (module, _) => module.MinorVersion),
        new(SysMetadata.MajorVersion, static (module, _) => module.MajorVersion),
        new(SysMetadata.SysAttributes, static (_, _) => 0),
        new(SysMetadata.NumTdxFeatures, static (_, _) => 1), // Quadwords of features: TDX_FEATURES0 is all.
        new(SysMetadata.Features0, static (module, _) => (ulong)module.Features),
        new(SysMetadata.MigrationAttributes, static (_, _) => 0),
        .. Enumerable.Range(0, MigrationVersionCount).Select(version =>
            new MetadataField<ModuleState>(SysMetadata.MigrationVersions.Element(version), static (_, _) => 0)),
        new(SysMetadata.GuestL2GpaAttrMask, static (_, _) => 0),
    ]);
}

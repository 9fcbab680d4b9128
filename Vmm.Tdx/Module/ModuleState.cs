using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module;

/// <summary>What a TDX module tells of itself, whatever the TD.</summary>
public sealed class ModuleState
{
    /// <summary>VENDOR_ID: Intel's, as guests expect no other. That the module is emulated is what reports say.</summary>
    public uint VendorId { get; init; } = 0x8086;

    /// <summary>MAJOR_VERSION: of the interface that this module follows.</summary>
    public ushort MajorVersion { get; init; } = 1;

    /// <summary>MINOR_VERSION: of the interface that this module follows.</summary>
    public ushort MinorVersion { get; init; } = 5;

    /// <summary>TDX_FEATURES0.</summary>
    public TdxFeatures0 Features { get; init; } =
        TdxFeatures0.VpReadWrite | TdxFeatures0.LocalAttestation | TdxFeatures0.PendingEptViolationV2 | TdxFeatures0.NoRbpMod | TdxFeatures0.TopologyEnumeration;
}

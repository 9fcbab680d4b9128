using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>What a TD is to be.</summary>
public sealed record TdxParameters
{
    /// <summary>ATTRIBUTES.</summary>
    public required TdAttributes Attributes { get; init; }

    /// <summary>XFAM.</summary>
    public required Xfam Xfam { get; init; }

    /// <summary>Width of guest-physical addresses: 48 or 52.</summary>
    public required GpaWidth GpaWidth { get; init; }

    /// <summary>TSC frequency in kHz, a multiple of 25 MHz.</summary>
    public required int TscKhz { get; init; }

    /// <summary>MRCONFIGID.</summary>
    public Bytes48 MrConfigId { get; init; }

    /// <summary>MROWNER.</summary>
    public Bytes48 MrOwner { get; init; }

    /// <summary>MROWNERCONFIG.</summary>
    public Bytes48 MrOwnerConfig { get; init; }
}

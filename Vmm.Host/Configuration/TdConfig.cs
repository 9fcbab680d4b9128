namespace Vmm.Host.Configuration;

/// <summary>What makes a TD the TD it is; all of it shows in its TDREPORT. Null means the default of the TDX module.</summary>
public sealed record TdConfig
{
    /// <summary>Length of the three identities below.</summary>
    public const int IdentityLength = 48;

    /// <summary>ATTRIBUTES, e.g. <c>"0x10000000"</c> (SEPT_VE_DISABLE).</summary>
    public ulong? Attributes { get; init; }

    /// <summary>XFAM: the extended features that the TD may use.</summary>
    public ulong? Xfam { get; init; }

    /// <summary>MRCONFIGID: hash of the non-owner configuration.</summary>
    public byte[]? MrConfigId { get; init; }

    /// <summary>MROWNER: identity of the owner.</summary>
    public byte[]? MrOwner { get; init; }

    /// <summary>MROWNERCONFIG: hash of the owner's configuration.</summary>
    public byte[]? MrOwnerConfig { get; init; }

    /// <summary>Guest physical address width; null picks the widest that this host can carry.</summary>
    public int? Gpaw { get; init; }

    /// <summary>Who makes its quotes.</summary>
    public QuoteConfig Quote { get; init; } = new();
}

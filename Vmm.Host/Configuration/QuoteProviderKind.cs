namespace Vmm.Host.Configuration;

/// <summary>Who makes the quotes of a TD.</summary>
public enum QuoteProviderKind
{
    /// <summary>The VMM itself, with keys that are worth nothing.</summary>
    Development,

    /// <summary>A quote generation service.</summary>
    Qgs,

    /// <summary>Nobody: the guest is told that there is no service.</summary>
    None,
}

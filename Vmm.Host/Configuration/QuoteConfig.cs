namespace Vmm.Host.Configuration;

/// <summary>Who makes the quotes of a TD.</summary>
public sealed record QuoteConfig
{
    /// <summary>Who.</summary>
    public QuoteProviderKind Provider { get; init; } = QuoteProviderKind.Development;

    /// <summary>Version of development quotes.</summary>
    public int Version { get; init; } = 4;

    /// <summary>Where the quote generation service listens.</summary>
    public string? Endpoint { get; init; }

    /// <summary>How long the quote generation service may take.</summary>
    public int TimeoutSeconds { get; init; } = 20;
}

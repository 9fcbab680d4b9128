namespace Vmm.Host.Configuration;

/// <summary>One mistake in a configuration.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ConfigError(ConfigLocation Location, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Location}: {Message}";
}

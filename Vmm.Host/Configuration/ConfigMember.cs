namespace Vmm.Host.Configuration;

/// <summary>One key of an object with its value.</summary>
/// <param name="Name">The key.</param>
/// <param name="Location">Where the key stands.</param>
/// <param name="Value">The value.</param>
public sealed record ConfigMember(string Name, ConfigLocation Location, ConfigNode Value);

using System.Reflection;

namespace Vmm.Host.Plugins.Loading;

/// <summary>An assembly with devices that is no part of vmm.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Assembly">Its code.</param>
public sealed record Plugin(PluginManifest Manifest, Assembly Assembly)
{
    /// <summary>Name and version, as messages show them.</summary>
    public override string ToString() => $"plugin {Manifest.Name} {Manifest.Version.ToString(3)}";
}

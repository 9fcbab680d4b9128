using System.Reflection;
using System.Runtime.Loader;

namespace Vmm.Host.Plugins.Loading;

/// <summary>
/// A world of its own for the assemblies of one plugin, so that two plugins can bring different versions of the same library. What the contract is
/// made of is the same for all: types would otherwise not be equal.
/// </summary>
internal sealed class PluginLoadContext(string path, string name) : AssemblyLoadContext(name, isCollectible: true)
{
    private const string ExtensionsPrefix = "Microsoft.Extensions.";

    private static readonly string[] Contract = ["Vmm.Core", "Vmm.Devices"];

    private readonly AssemblyDependencyResolver _dependencies = new(path);

    /// <summary>Whether an assembly comes from vmm and never from a plugin, whatever lies in the plugin's folder.</summary>
    public static bool IsShared(string assembly) => Contract.Contains(assembly) || assembly.StartsWith(ExtensionsPrefix, StringComparison.Ordinal);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        IsShared(assemblyName.Name!) || _dependencies.ResolveAssemblyToPath(assemblyName) is not { } file ? null : LoadFromAssemblyPath(file);

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
}

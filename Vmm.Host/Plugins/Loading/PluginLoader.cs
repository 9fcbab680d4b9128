using System.Reflection;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins.Loading;

/// <summary>Finds plugins and loads them, once all is known that can be known without running them.</summary>
public static class PluginLoader
{
    /// <summary>Loads plugins.</summary>
    /// <param name="paths">Assemblies, or folders of which every assembly that declares a device is taken.</param>
    /// <exception cref="UserErrorException">One is missing, is no plugin, or was built for another contract.</exception>
    public static IReadOnlyList<Plugin> Load(IEnumerable<string> paths)
    {
        PluginManifest[] manifests = [.. paths.SelectMany(Find)];
        string[] misfits = [.. manifests.Where(manifest => !manifest.FitsContract).Select(Misfit)];
        return misfits.Length > 0 ? throw new UserErrorException(ExitCode.BadData, misfits) : [.. manifests.Select(Load)];
    }

    private static IEnumerable<PluginManifest> Find(string path)
    {
        if (File.Exists(path))
        {
            return [Read(path) is { } manifest && IsPlugin(manifest) ? manifest : throw new UserErrorException(ExitCode.BadData, $"{path}: no plugin; a plugin is a .NET assembly with a class that has [Device] on it")];
        }

        if (!Directory.Exists(path))
        {
            throw new UserErrorException(ExitCode.NoInput, $"{path}: there is no such plugin; name an assembly or a folder with assemblies");
        }

        PluginManifest[] found = [.. Directory.EnumerateFiles(path, "*.dll").Order(StringComparer.Ordinal).Select(Read).OfType<PluginManifest>().Where(IsPlugin)];
        return found.Length > 0
            ? found
            : throw new UserErrorException(ExitCode.BadData, $"{path}: no plugin in this folder; build it first, or name the folder that its assembly is in");
    }

    private static PluginManifest? Read(string path)
    {
        try
        {
            return PluginManifest.Read(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.NoInput, $"{path}: cannot read the plugin: {e.Message}");
        }
    }

    // A build that copied vmm's own assemblies beside the plugin is none the worse for it.
    private static bool IsPlugin(PluginManifest manifest) => manifest.DeviceTypes.Count > 0 && !PluginLoadContext.IsShared(manifest.Name);

    private static string Misfit(PluginManifest manifest) =>
        $"plugin {manifest.Name} {manifest.Version.ToString(3)} ({manifest.Path}): its devices ({string.Join(", ", manifest.DeviceTypes)}) were built for version "
        + $"{PluginManifest.Describe(manifest.Contract)} of the device contract, and this vmm has {PluginManifest.Describe(PluginManifest.OwnContract)}; "
        + "build it against the Vmm.Core.dll of this vmm";

    private static Plugin Load(PluginManifest manifest)
    {
        try
        {
            Assembly assembly = new PluginLoadContext(manifest.Path, manifest.Name).LoadFromAssemblyPath(manifest.Path);
            return new Plugin(manifest, assembly);
        }
        catch (Exception e) when (e is BadImageFormatException or IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"plugin {manifest.Name} {manifest.Version.ToString(3)} ({manifest.Path}): cannot be loaded: {e.Message}");
        }
    }
}

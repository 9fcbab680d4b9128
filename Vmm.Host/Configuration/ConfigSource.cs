namespace Vmm.Host.Configuration;

/// <summary>Where configuration text comes from.</summary>
/// <param name="Name">What messages call it: the file as the user named it, or the option of the command line.</param>
/// <param name="BaseDirectory">The folder that relative paths inside it are relative to.</param>
/// <param name="IsCommandLine">Whether it is an option: a mistake in one is a usage error.</param>
public sealed record ConfigSource(string Name, string BaseDirectory, bool IsCommandLine)
{
    /// <summary>A configuration file.</summary>
    public static ConfigSource File(string path) => new(path, Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/", IsCommandLine: false);

    /// <summary>An option of the command line, e.g. <c>--memory</c>.</summary>
    public static ConfigSource Option(string name) => new(name, Environment.CurrentDirectory, IsCommandLine: true);
}

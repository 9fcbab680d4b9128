namespace Vmm.Host.Doctor;

/// <summary>What the kernel says about itself in files; a test gives another root.</summary>
/// <param name="root">The root of /proc, /sys and /boot.</param>
public sealed class HostFiles(string root = "/")
{
    /// <summary>Reads a small file.</summary>
    /// <param name="path">Path without the leading slash.</param>
    /// <returns>Its trimmed text, or null when it is not there or not for this user.</returns>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether there is anything of that name.</summary>
    /// <param name="path">Path without the leading slash.</param>
    public bool Exists(string path) => File.Exists(Path.Combine(root, path));

    /// <summary>A number of KiB from /proc/meminfo, in bytes.</summary>
    public ulong? ReadMemory(string key)
    {
        const int KibiShift = 10;
        string? line = Read("proc/meminfo")?.Split('\n').FirstOrDefault(each => each.StartsWith($"{key}:", StringComparison.Ordinal));
        string[]? words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [_, var count, ..] && ulong.TryParse(count, out ulong kibibytes) ? kibibytes << KibiShift : null;
    }
}

using Vmm.Core.Sockets;
using Vmm.Host.Errors;

namespace Vmm.Host.Terminal;

/// <summary>The byte streams that a configuration can name, and which of them are taken.</summary>
internal sealed class StreamNames
{
    /// <summary>Standard input and output.</summary>
    public const string Console = "console";

    /// <summary>Standard error, for output.</summary>
    public const string Debug = "debug";

    /// <summary>No input, and output that is dropped. Any number of devices can have it.</summary>
    public const string None = "none";

    /// <summary>A file that takes output; its absolute path follows.</summary>
    public const string FilePrefix = "file:";

    /// <summary>A unix socket on which vmm listens; its absolute path follows.</summary>
    public const string UnixPrefix = "unix:";

    private static readonly string[] All = [Console, Debug, None, FilePrefix, UnixPrefix];

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes a stream.</summary>
    /// <exception cref="UserErrorException">There is none of that name, or it is taken.</exception>
    public void Claim(string name)
    {
        if (PathOf(name, FilePrefix) is null && PathOf(name, UnixPrefix) is null && name is not (Console or Debug or None))
        {
            throw new UserErrorException(ExitCode.BadData, MistakeIn(name));
        }

        if (name != None && !_taken.Add(name))
        {
            throw new UserErrorException(ExitCode.BadData, $"two devices use the stream \"{name}\"; set the option \"stream\" of one of them to \"{None}\"");
        }
    }

    /// <summary>The path in a name.</summary>
    /// <returns>Null when the name has not that prefix, or no path that can be behind it.</returns>
    public static string? PathOf(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && name[prefix.Length..] is ['/', _, ..] path
            && !path.Contains('\0') && (prefix == FilePrefix || UnixListener.IsPath(path)) ? path : null;

    /// <summary>Gives all back.</summary>
    public void ReleaseAll() => _taken.Clear();

    private static string MistakeIn(string name)
    {
        foreach (string prefix in (ReadOnlySpan<string>)[FilePrefix, UnixPrefix])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                string limit = prefix == UnixPrefix ? $", of at most {UnixListener.LongestPath} bytes" : "";
                return $"the stream \"{name}\" needs an absolute path{limit}: {prefix}/PATH";
            }
        }

        return $"there is no stream \"{name}\"{NearestName.Suggest(name, All)}";
    }
}

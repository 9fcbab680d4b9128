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

    private static readonly string[] All = [Console, Debug, None];

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Takes a stream.</summary>
    /// <exception cref="UserErrorException">There is none of that name, or it is taken.</exception>
    public void Claim(string name)
    {
        if (!All.Contains(name))
        {
            throw new UserErrorException(ExitCode.BadData, $"there is no stream \"{name}\"{NearestName.Suggest(name, All)}");
        }

        if (name != None && !_taken.Add(name))
        {
            throw new UserErrorException(ExitCode.BadData, $"two devices use the stream \"{name}\"; set the option \"stream\" of one of them to \"{None}\"");
        }
    }

    /// <summary>Gives all back.</summary>
    public void ReleaseAll() => _taken.Clear();
}

using Vmm.Host.Errors;

namespace Vmm.Host.Configuration;

/// <summary>Collects the mistakes of a configuration, so that the user sees all of them at once.</summary>
public sealed class ConfigErrors
{
    // A file that is something else altogether would otherwise fill the screen.
    private const int ReportedAtMost = 20;

    private readonly List<ConfigError> _errors = [];

    /// <summary>The mistakes so far, in the order in which they were found.</summary>
    public IReadOnlyList<ConfigError> All => _errors;

    /// <summary>Adds one.</summary>
    public void Add(ConfigLocation location, string message) => _errors.Add(new ConfigError(location, message));

    /// <summary>Ends the command if there are any, with one line for each.</summary>
    /// <exception cref="UserErrorException">There are some.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count == 0)
        {
            return;
        }

        IEnumerable<string> lines = _errors
            .OrderBy(error => error.Location.Line).ThenBy(error => error.Location.Column)
            .Take(ReportedAtMost).Select(error => error.ToString());
        if (_errors.Count > ReportedAtMost)
        {
            lines = lines.Append($"{_errors.Count - ReportedAtMost} more mistakes");
        }

        bool usage = _errors.TrueForAll(error => error.Location.Source.IsCommandLine);
        throw new UserErrorException(usage ? ExitCode.Usage : ExitCode.BadData, [.. lines]);
    }
}

using System.CommandLine;
using System.Globalization;
using Vmm.Host.Control.Api;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary>The option <c>--restart never|on-failure[:N]|always[:N]</c>.</summary>
internal sealed class RestartOption
{
    private static readonly Dictionary<string, RestartPolicy.Types.Mode> Modes = new(StringComparer.Ordinal)
    {
        ["never"] = RestartPolicy.Types.Mode.Never,
        ["on-failure"] = RestartPolicy.Types.Mode.OnFailure,
        ["always"] = RestartPolicy.Types.Mode.Always,
    };

    private readonly Option<string?> _option = new("--restart")
    {
        HelpName = "never|on-failure[:N]|always[:N]",
        Description = "Whether it is started again when it ends; N: give up after so many short runs in a row",
    };

    public RestartOption(Command command)
    {
        _option.CompletionSources.Add([.. Modes.Keys]);
        command.Add(_option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="UserErrorException">There is no such policy.</exception>
    public RestartPolicy Value(ParseResult parsed)
    {
        string text = parsed.GetValue(_option) ?? "never";
        string[] parts = text.Split(':');
        uint retries = 0;
        bool known = Modes.TryGetValue(parts[0], out RestartPolicy.Types.Mode mode);
        return known && (parts.Length == 1 || (parts.Length == 2 && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out retries)))
            ? new RestartPolicy { Mode = mode, MaxRetries = retries }
            : throw new UserErrorException(ExitCode.Usage, $"--restart: expected never, on-failure[:N] or always[:N], found \"{text}\"");
    }
}

using System.CommandLine;
using System.Globalization;
using Vmm.Host.Control.Api;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli.Control;

/// <summary>The option <c>--restart never|on-failure[:N]|always[:N]</c>.</summary>
internal sealed class RestartOption
{
    private const string Never = "never";
    private const string OnFailure = "on-failure";
    private const string Always = "always";

    private readonly Option<string?> _option = new("--restart")
    {
        HelpName = "never|on-failure[:N]|always[:N]",
        Description = "Whether it is started again when it ends; N: give up after so many short runs in a row",
    };

    public RestartOption(Command command)
    {
        _option.CompletionSources.Add([Never, OnFailure, Always]);
        command.Add(_option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="UserErrorException">There is no such policy.</exception>
    public RestartPolicy Value(ParseResult parsed)
    {
        string text = parsed.GetValue(_option) ?? Never;
        string[] parts = text.Split(':');
        uint retries = 0;
        RestartPolicy.Types.Mode? mode = ModeOf(parts[0]);
        return mode is not null && (parts.Length == 1 || (parts.Length == 2 && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out retries)))
            ? new RestartPolicy { Mode = mode.Value, MaxRetries = retries }
            : throw new UserErrorException(ExitCode.Usage, $"--restart: expected never, on-failure[:N] or always[:N], found \"{text}\"");
    }

    // Not a table: the message's classes are loaded when somebody asks, not by every command line that could.
    private static RestartPolicy.Types.Mode? ModeOf(string name) => name switch
    {
        Never => RestartPolicy.Types.Mode.Never,
        OnFailure => RestartPolicy.Types.Mode.OnFailure,
        Always => RestartPolicy.Types.Mode.Always,
        _ => null,
    };
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Vmm.Host.Errors;

namespace Vmm.Host.Cli;

/// <summary>Says what is wrong with a command line, one line a mistake.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> Describe(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string called = string.Join(' ', Path(command));
        string[] options = [.. command.Options.Where(option => !option.Hidden).Select(option => option.Name)];
        string[] commands = [.. command.Subcommands.Select(each => each.Name)];

        // A mistyped option is what the user got wrong; what the parser says besides it is a consequence, and so on down.
        string[] words = [.. result.Tokens.Where(token => token.Type == TokenType.Argument).Select(token => token.Value)];
        string[] lines = [.. words.Where(LooksLikeOption).Select(word => UnknownOption(word, options))];
        if (lines.Length == 0)
        {
            // Behind an unknown command nothing can be known, and a word that is left over behind an unknown option may be its value.
            IReadOnlyList<string> left = result.UnmatchedTokens;
            IEnumerable<string> first = commands.Length > 0 ? left.Take(1) : left.Any(IsOption) ? left.Where(IsOption) : left;
            lines = [.. first.Select(word => Unmatched(word, options, commands))];
        }

        if (lines.Length == 0)
        {
            lines = [.. result.Errors.Select(Explain)];
        }

        return [.. lines.Distinct().Select(line => $"{line} (see '{called} --help')")];
    }

    /// <summary>Refuses an argument that looks like an option: the parser takes a mistyped option for a file name.</summary>
    public static void RefuseOptions(ArgumentResult argument)
    {
        foreach (Token token in argument.Tokens.Where(token => IsOption(token.Value)))
        {
            argument.AddError($"unknown option '{token.Value}'");
        }
    }

    private static IEnumerable<string> Path(Command command) =>
        command is RootCommand ? ["vmm"] : [.. command.Parents.OfType<Command>().Take(1).SelectMany(Path), command.Name];

    private static bool IsOption(string word) => word is ['-', _, ..];

    // The values of options begin with one dash at times, such as -1.
    private static bool LooksLikeOption(string word) => word.StartsWith("--", StringComparison.Ordinal);

    // Of a word where a number should be the parser tells the type that it has no name for.
    private static string Explain(ParseError error) =>
        error.SymbolResult is OptionResult { Option: { } option, Tokens: [.., var token] } && LargestOf(option.ValueType) is { } largest && !error.Message.StartsWith('-')
            ? $"{option.Name}: expected a whole number from 0 to {largest}, found \"{token.Value}\""
            : error.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static ulong? LargestOf(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type) switch
    {
        TypeCode.UInt32 => uint.MaxValue,
        TypeCode.UInt64 => ulong.MaxValue,
        _ => null,
    };

    private static string UnknownOption(string word, string[] options)
    {
        string name = word.Split('=')[0];
        string near = NearestName.Find(name, options) is { } option ? $"; did you mean '{option}'?" : "";
        return $"unknown option '{name}'{near}";
    }

    private static string Unmatched(string word, string[] options, string[] commands) => word.StartsWith('-') ? UnknownOption(word, options)
        : commands.Length > 0 ? $"unknown command '{word}'{NearestName.Suggest(word, commands)}"
        : $"unexpected argument '{word}'";
}

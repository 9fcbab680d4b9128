using System.CommandLine;

namespace Vmm.Host.Cli;

/// <summary>The option <c>-o table|json</c>.</summary>
internal static class OutputFormat
{
    private const string Table = "table";
    private const string Json = "json";

    internal static Option<string> Option()
    {
        Option<string> format = new("--output", "-o") { HelpName = $"{Table}|{Json}", Description = "How to print it", DefaultValueFactory = _ => Table };
        format.Validators.Add(option =>
        {
            if (option.Tokens is [var token] && token.Value is not (Table or Json))
            {
                option.AddError($"{option.IdentifierToken?.Value}: expected {Table} or {Json}, found \"{token.Value}\"");
            }
        });
        return format;
    }

    internal static bool IsJson(this ParseResult parsed, Option<string> format) => parsed.GetValue(format) == Json;
}

using System.CommandLine;
using Vmm.Host.Quotes;

namespace Vmm.Host.Cli;

/// <summary><c>vmm quote inspect</c>: every field of a quote or a TDREPORT.</summary>
internal static class QuoteInspectCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> file = new("FILE") { Description = "Quote (version 4 or 5) or TDREPORT" };
        file.Validators.Add(UsageErrors.RefuseOptions);
        Option<string> format = OutputFormat.Option();
        Command command = new ExampleCommand(
            "inspect", "Show every field of a quote or a TDREPORT; checks no signature", "vmm quote inspect quote.bin", "vmm quote inspect quote.bin -o json")
        {
            file, format,
        };
        command.SetAction(parsed =>
        {
            EvidenceDescription description = EvidenceFile.Describe(parsed.GetRequiredValue(file));
            output.WriteLine(parsed.IsJson(format) ? EvidenceText.Json(description) : EvidenceText.Table(description));
            return 0;
        });
        return command;
    }
}

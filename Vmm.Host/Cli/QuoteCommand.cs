using System.CommandLine;

namespace Vmm.Host.Cli;

/// <summary><c>vmm quote</c>: looks at quotes, from emulated TDs or from real ones.</summary>
internal static class QuoteCommand
{
    public static Command Create(TextWriter output) => new ExampleCommand("quote", "Inspect and verify quotes", "vmm quote inspect quote.bin")
    {
        QuoteInspectCommand.Create(output),
        QuoteVerifyCommand.Create(output),
    };
}

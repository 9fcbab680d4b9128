using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vmm.Host.Cli;

/// <summary>The library's help, with examples and exit codes behind it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0    done; a guest that ends with a code of its own gives that code
          1    the answer is no: measurements differ, a quote does not verify, there is no such machine
          64   wrong command line                 65   wrong configuration, policy or image
          66   input file missing or unreadable   69   this host cannot: no /dev/kvm, or KVM lacks something
          70   internal error                     71   operating system error, e.g. memory
          73   output file cannot be written      75   not done in time; try again
          77   permission denied
          80   the guest reported a fatal error   81   the guest crashed (triple fault, isolation)
          82   a device failed
          130  ended by Ctrl-C or Ctrl-A x        143  ended by SIGTERM
        """;

    public override bool Terminating => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        Command command = parseResult.CommandResult.Command;
        IEnumerable<string> examples = command is ExampleCommand one
            ? one.Examples
            : command.Subcommands.OfType<ExampleCommand>().Select(each => each.Examples[0]);
        output.WriteLine("Examples:");
        foreach (string example in examples)
        {
            output.WriteLine($"  {example}");
        }

        output.WriteLine();
        output.WriteLine(ExitCodes);
        return 0;
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using Vmm.Host.Cli.Control;
using Vmm.Host.Cli.Plugins;
using Vmm.Host.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Cli;

/// <summary>The command line: parses it, runs the command, and turns every failure into lines and an exit code.</summary>
/// <param name="runner">Runs machines.</param>
/// <param name="output">Standard output.</param>
/// <param name="errors">Standard error.</param>
public sealed class CommandLine(IMachineRunner runner, TextWriter output, TextWriter errors)
{
    /// <summary>Runs one command line.</summary>
    /// <returns>The exit code of the process.</returns>
    public int Run(IReadOnlyList<string> arguments)
    {
        ErrorReport report = new(errors);
        try
        {
            ParseResult result = Build(arguments.FirstOrDefault("")).Parse(arguments.Count == 0 ? ["--help"] : arguments);
            if (result.Errors.Count > 0 && result.Action is not (HelpWithExamples or VersionAction))
            {
                return report.Write(ExitCode.Usage, UsageErrors.Describe(result));
            }

            // Exceptions come here instead of ending in the library's own handler, which prints stack traces.
            return result.Invoke(new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
#pragma warning disable CA1031 // The last line of defence: whatever happens, the user gets a line and not a stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return report.Write(e);
        }
    }

    // Machines start quickly: for them, no command is made that was not asked for.
    private RootCommand Build(string verb)
    {
        RootCommand root = new("Runs Intel TDX guests (TDs) on any Linux host with KVM.") { RunCommand.Create(runner, output) };
        if (verb != RunCommand.Name)
        {
            AddOthers(root);
        }

        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Description = "Show help";
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        foreach (VersionOption version in root.Options.OfType<VersionOption>())
        {
            version.Description = "Show the version";
            version.Action = new VersionAction(output);
        }

        return root;
    }

    private void AddOthers(RootCommand root)
    {
        IEnumerable<Command> others =
        [
            ServeCommand.Create(errors),
            CheckCommand.Create(output),
            MeasureCommand.Create(output),
            QuoteCommand.Create(output),
            DoctorCommand.Create(output),
            PluginsCommand.Create(output),
            VersionCommand.Create(output),
            .. ControlCommands.Create(output, errors),
        ];
        foreach (Command command in others)
        {
            root.Add(command);
        }
    }
}

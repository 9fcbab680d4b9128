using System.CommandLine;

namespace Vmm.Host.Cli.Control;

/// <summary>The arguments that name machines; the shell completes them.</summary>
internal static class MachineArguments
{
    /// <summary>One machine.</summary>
    public static Argument<string> One(ControlCommand command) => Add(command, new Argument<string>("NAME") { Description = "Name of the machine" });

    /// <summary>One machine, or none.</summary>
    public static Argument<string?> Optional(ControlCommand command, string description) =>
        Add(command, new Argument<string?>("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = description });

    /// <summary>One machine or more.</summary>
    public static Argument<string[]> Several(ControlCommand command) =>
        Add(command, new Argument<string[]>("NAME") { Arity = ArgumentArity.OneOrMore, Description = "Names of machines" });

    private static T Add<T>(ControlCommand command, T argument)
        where T : Argument
    {
        argument.Validators.Add(UsageErrors.RefuseOptions);
        argument.CompletionSources.Add(context => command.CompleteMachines(context.ParseResult).Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        command.Add(argument);
        return argument;
    }
}

using System.CommandLine;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm completion</c>: scripts that have a shell complete commands, options and names of machines. The shell asks this program what fits.</summary>
internal static class CompletionCommand
{
    // [suggest:POSITION] is the parser's own directive: it prints what fits at that place of a command line.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _vmm() {
              local line=${COMP_LINE#* }
              mapfile -t COMPREPLY < <(compgen -W "$(vmm "[suggest:$((COMP_POINT - ${#COMP_LINE} + ${#line}))]" "$line" 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")
              [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
            }
            complete -o filenames -F _vmm vmm
            """,
        ["zsh"] = """
            #compdef vmm
            _vmm() {
              local line="${words[2,-1]}"
              local -a found
              found=("${(@f)$(vmm "[suggest:${#line}]" "$line" 2> /dev/null)}")
              compadd -a found || _files
            }
            compdef _vmm vmm
            """,
        ["fish"] = """
            complete -c vmm -a '(set -l line (string join " " (commandline -opc)[2..-1] (commandline -ct)); vmm "[suggest:"(string length -- $line)"]" "$line" 2> /dev/null)'
            """,
    };

    public static Command Create(TextWriter output)
    {
        Argument<string> shell = new("SHELL") { HelpName = string.Join('|', Scripts.Keys), Description = "The shell" };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Scripts.ContainsKey(token.Value))
            {
                result.AddError($"expected {string.Join(", ", Scripts.Keys)}, found \"{token.Value}\"");
            }
        });
        Command command = new ExampleCommand("completion", "Print a script that has a shell complete commands and names", "source <(vmm completion bash)", "vmm completion fish | source") { shell };
        command.SetAction(parsed =>
        {
            output.WriteLine(Scripts[parsed.GetRequiredValue(shell)]);
            return 0;
        });
        return command;
    }
}

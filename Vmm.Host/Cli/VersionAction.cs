using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Vmm.Host.Cli;

/// <summary>Prints the version, for the command and for the option.</summary>
internal sealed class VersionAction(TextWriter output) : SynchronousCommandLineAction
{
    public override bool Terminating => true;

    public static string Version =>
        typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public override int Invoke(ParseResult parseResult)
    {
        output.WriteLine($"vmm {Version}");
        return 0;
    }
}

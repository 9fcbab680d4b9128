using System.CommandLine;

namespace Vmm.Host.Cli;

/// <summary><c>vmm version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(TextWriter output) => new ExampleCommand("version", "Show the version", "vmm version")
    {
        Action = new VersionAction(output),
    };
}

using System.CommandLine;

namespace Vmm.Host.Cli.Plugins;

/// <summary><c>vmm plugins</c>: device types, built in and from plugins.</summary>
internal static class PluginsCommand
{
    public static Command Create(TextWriter output) => new ExampleCommand("plugins", "List, inspect, create and test device types", "vmm plugins list")
    {
        ListCommand.Create(output),
        InspectCommand.Create(output),
        NewCommand.Create(output),
        TestCommand.Create(output),
    };
}

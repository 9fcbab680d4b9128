using System.CommandLine;
using Vmm.Host.Plugins.Authoring;

namespace Vmm.Host.Cli.Plugins;

/// <summary><c>vmm plugins new</c>.</summary>
internal static class NewCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> name = new("NAME") { Description = "Name of the plugin, e.g. Beeper; its device type is beeper" };
        name.Validators.Add(UsageErrors.RefuseOptions);
        Option<string> folder = new("--folder") { HelpName = "FOLDER", Description = "Where to create it; NAME in the current folder by default" };
        Command command = new ExampleCommand("new", "Create a project with a device, its options, a test and a README", "vmm plugins new Beeper") { name, folder };
        command.SetAction(parsed =>
        {
            string called = parsed.GetRequiredValue(name);
            string place = parsed.GetValue(folder) ?? called;
            foreach (string file in PluginTemplate.Create(called, place))
            {
                output.WriteLine(Path.Combine(place, file));
            }

            output.WriteLine($"next: cd {place} && dotnet build src && vmm plugins test bin");
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using Vmm.Host.Plugins;
using Vmm.Host.Plugins.Inspection;

namespace Vmm.Host.Cli.Plugins;

/// <summary><c>vmm plugins list</c>.</summary>
internal static class ListCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string[]> paths = new("PATH") { Arity = ArgumentArity.ZeroOrMore, Description = "Plugins: assemblies, or folders with assemblies" };
        paths.Validators.Add(UsageErrors.RefuseOptions);
        Option<string> format = OutputFormat.Option();
        Command command = new ExampleCommand("list", "List the device types that are built in, and those of plugins", "vmm plugins list", "vmm plugins list Beeper/bin -o json") { paths, format };
        command.SetAction(parsed =>
        {
            DeviceCatalog catalog = DeviceCatalog.With(parsed.GetValue(paths) ?? []);
            DeviceDescription[] devices = [.. catalog.Models.Select(model => DeviceInspector.Describe(catalog, model))];
            output.WriteLine(parsed.IsJson(format) ? InspectionText.Json(devices) : InspectionText.List(devices));
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;
using Vmm.Host.Plugins.Inspection;

namespace Vmm.Host.Cli.Plugins;

/// <summary><c>vmm plugins inspect</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> what = new("PATH|TYPE") { Description = "A plugin (assembly or folder), or a built-in device type" };
        what.Validators.Add(UsageErrors.RefuseOptions);
        Option<string> format = OutputFormat.Option();
        Command command = new ExampleCommand(
            "inspect", "Show the options, ranges, interrupts and streams of device types", "vmm plugins inspect uart16550", "vmm plugins inspect Beeper/bin -o json") { what, format };
        command.SetAction(parsed =>
        {
            (DeviceCatalog catalog, IEnumerable<DeviceModel> models) = Find(parsed.GetRequiredValue(what));
            DeviceDescription[] devices = [.. models.Select(model => DeviceInspector.Describe(catalog, model))];
            output.WriteLine(parsed.IsJson(format) ? InspectionText.Json(devices) : InspectionText.Full(devices));
            return 0;
        });
        return command;
    }

    private static (DeviceCatalog Catalog, IEnumerable<DeviceModel> Models) Find(string what)
    {
        DeviceCatalog builtIn = DeviceCatalog.BuiltIn();
        DeviceModel[] ofType = [.. builtIn.Models.Where(model => model.Type == what)];
        if (ofType.Length > 0)
        {
            return (builtIn, ofType);
        }

        if (!Path.Exists(what))
        {
            throw new UserErrorException(
                ExitCode.NoInput, $"{what}: neither a plugin nor a device type{NearestName.Suggest(what, [.. builtIn.Models.Select(model => model.Type)])}");
        }

        DeviceCatalog catalog = DeviceCatalog.With([what]);
        return (catalog, catalog.Models.Where(model => model.Plugin is not null));
    }
}

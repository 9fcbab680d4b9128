using System.Diagnostics;
using Vmm.Core.Testing.Fuzzing;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins.Authoring;

/// <summary>Tries devices of a plugin, or those that are built in, one after the other.</summary>
/// <param name="output">Where the table goes.</param>
/// <param name="path">The plugin; null for what is built in.</param>
/// <param name="options">How hard.</param>
internal sealed class DeviceTest(TextWriter output, string? path, FuzzOptions options)
{
    /// <summary>Bytes that a good device may have kept at the end: buffers that grew once.</summary>
    public const long GrowthLimit = 4 << 20;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>Runs the test.</summary>
    /// <param name="devices">Devices as <c>--device</c> names them; none for all, with their default options.</param>
    public ExitCode Run(IReadOnlyList<string> devices)
    {
        DeviceCatalog catalog = DeviceCatalog.With(path is null ? [] : [path]);
        IReadOnlyList<PlannedDevice> planned = catalog.Plan(devices.Count > 0 ? Named(devices) : All(catalog));
        output.WriteLine($"seed {options.Seed}, {options.Accesses} accesses a device");
        if (devices.Count == 0)
        {
            NameUntested(catalog);
        }

        int failed = 0;
        for (int i = 0; i < planned.Count; i++)
        {
            failed += Passes(planned[i], devices.Count > 0 ? devices[i] : planned[i].Name) ? 0 : 1;
        }

        output.WriteLine(failed == 0 ? $"all {planned.Count} devices passed" : $"{failed} of {planned.Count} devices failed");
        return failed == 0 ? ExitCode.Success : ExitCode.DeviceFailed;
    }

    private static List<DeviceConfig> Named(IReadOnlyList<string> devices)
    {
        ConfigErrors errors = new();
        List<DeviceConfig> named = [];
        foreach (string device in devices)
        {
            if (DeviceConfigReader.ReadOne(new ConfigObject(DeviceOption.Parse(device), errors), named) is { } one)
            {
                named.Add(one);
            }
        }

        errors.ThrowIfAny();
        return named;
    }

    private IEnumerable<DeviceModel> Models(DeviceCatalog catalog) => catalog.Models.Where(model => path is null || model.Plugin is not null);

    private DeviceConfig[] All(DeviceCatalog catalog) =>
    [
        .. Models(catalog).Where(model => !NeedsOptions(model))
            .Select(model => new DeviceConfig(model.Type, model.Type, ConfigNode.EmptyObject(ConfigSource.Option($"--device {model.Type}")))),
    ];

    private void NameUntested(DeviceCatalog catalog)
    {
        foreach (DeviceModel model in Models(catalog).Where(NeedsOptions))
        {
            output.WriteLine($"{model.Type,-16} not tested: it needs options; name it with them: --device {model.Type},option=value");
        }
    }

    private static bool NeedsOptions(DeviceModel model) => model.Options is not null && OptionProperty.Of(model.Options).Any(option => option.IsRequired);

    private bool Passes(PlannedDevice device, string asked)
    {
        long lastProgress = Stopwatch.GetTimestamp();
        FuzzReport report = DeviceFuzzer.Run(device.Create, options, done =>
        {
            if (Stopwatch.GetElapsedTime(lastProgress) >= ProgressInterval)
            {
                lastProgress = Stopwatch.GetTimestamp();
                output.WriteLine($"{device.Name}: {done} of {options.Accesses} accesses");
            }
        });
        output.WriteLine(Summary(device, report));
        foreach (FuzzFinding finding in report.Findings)
        {
            output.WriteLine($"  {finding}");
        }

        if (report.Findings.Count > 0)
        {
            output.WriteLine($"  again: vmm plugins test {(path is null ? "" : $"{path} ")}--device {asked} --accesses {options.Accesses} --seed {options.Seed}");
        }

        return report.Findings.Count == 0;
    }

    private static string Summary(PlannedDevice device, FuzzReport report)
    {
        string verdict = report.Findings.Count == 0 ? "passed" : "FAILED";
        double each = report.Accesses == 0 ? 0 : (double)report.AllocatedBytes / report.Accesses;
        string allocates = each < 0.1 ? "allocates nothing" : $"allocates {each:0.#} bytes an access";
        return $"{device.Name,-16} {verdict}  {report.Accesses} accesses, {report.Elapsed.TotalSeconds:0.0} s, {allocates}";
    }
}

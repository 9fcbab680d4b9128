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

    private readonly DeviceCatalog _catalog = DeviceCatalog.With(path is null ? [] : [path]);
    private int _passed;
    private int _failed;

    /// <summary>Tries devices as <c>--device</c> names them.</summary>
    public ExitCode Run(IReadOnlyList<string> devices)
    {
        (PlannedDevice Device, string Asked)[] planned = [.. devices.Select(device => (Plan(device), device))];
        Begin();
        Array.ForEach(planned, one => Try(one.Device, one.Asked));
        return Verdict();
    }

    /// <summary>Tries all devices that can do with their default options.</summary>
    public ExitCode RunAll()
    {
        Begin();
        foreach (string type in _catalog.Models.Where(model => path is null || model.Plugin is not null).Select(model => model.Type))
        {
            try
            {
                Try(Plan(new DeviceConfig(type, type, ConfigNode.EmptyObject(ConfigSource.Option($"--device {type}")))), type);
            }
            catch (UserErrorException e) when (e.Code != ExitCode.DeviceFailed)
            {
                output.WriteLine($"{type,-16} skipped: {e.Lines[0]}");
            }
        }

        return Verdict();
    }

    private void Begin() => output.WriteLine($"seed {options.Seed}, {options.Accesses} accesses a device");

    private ExitCode Verdict()
    {
        output.WriteLine(_failed == 0 ? $"all {_passed} devices passed" : $"{_failed} of {_passed + _failed} devices failed");
        return _failed == 0 ? ExitCode.Success : ExitCode.DeviceFailed;
    }

    private PlannedDevice Plan(string device)
    {
        ConfigErrors errors = new();
        DeviceConfig? config = DeviceConfigReader.ReadOne(new ConfigObject(DeviceOption.Parse(device), errors), []);
        errors.ThrowIfAny();
        return Plan(config!);
    }

    private PlannedDevice Plan(DeviceConfig config) => _catalog.Plan([config])[0];

    private void Try(PlannedDevice device, string asked)
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

        if (report.Findings.Count == 0)
        {
            _passed++;
        }
        else
        {
            _failed++;
            output.WriteLine($"  again: vmm plugins test {(path is null ? "" : $"{path} ")}--device {asked} --accesses {options.Accesses} --seed {options.Seed}");
        }
    }

    private static string Summary(PlannedDevice device, FuzzReport report)
    {
        string verdict = report.Findings.Count == 0 ? "passed" : "FAILED";
        double each = report.Accesses == 0 ? 0 : (double)report.AllocatedBytes / report.Accesses;
        string allocates = each < 0.1 ? "allocates nothing" : $"allocates {each:0.#} bytes an access";
        return $"{device.Name,-16} {verdict}  {report.Accesses} accesses, {report.Elapsed.TotalSeconds:0.0} s, {allocates}";
    }
}

using System.CommandLine;
using Vmm.Host.Configuration;
using Vmm.Host.Running;

namespace Vmm.Host.Cli;

/// <summary><c>vmm check</c>: says what is wrong with a configuration without running it.</summary>
internal static class CheckCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> file = new("CONFIG") { Description = "Configuration file (JSON with comments)" };
        file.Validators.Add(UsageErrors.RefuseOptions);
        Command command = new ExampleCommand("check", "Check a configuration without running it", "vmm check configs/hello-td.json") { file };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            MachineConfig config = ConfigLoader.Load(path, new Dictionary<string, string>(StringComparer.Ordinal), []);
            DryRun.CheckDevicesAsync(MachinePlan.Create(config)).GetAwaiter().GetResult();
            output.WriteLine($"{path}: {config.Name}: {config.Cpus} vCPU, {config.Memory}, {config.Devices.Count} devices, kernel {config.Kernel}");
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using System.Globalization;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Client;
using Vmm.Host.Terminal;

namespace Vmm.Host.Cli.Control;

/// <summary><c>vmm top</c>: what machines do, as rates since the last look.</summary>
internal static class TopCommand
{
    private const double DefaultInterval = 2;
    private const string Clear = "\e[H\e[2J";

    public static Command Create(TextWriter output)
    {
        ControlCommand command = new("top", "Show what machines do: processor time, exits and TDVMCALLs a second, memory", "vmm top", "vmm top --interval 5", "vmm top --once -o json");
        Option<double> interval = new("--interval", "-d") { HelpName = "SECONDS", Description = "Time between two looks", DefaultValueFactory = _ => DefaultInterval };
        interval.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && !(double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.1 and <= 3600))
            {
                result.AddError($"--interval: expected seconds from 0.1 to 3600, found \"{token.Value}\"");
            }
        });
        Option<bool> once = new("--once") { Description = "Look twice, print once, and end" };
        Option<string> format = OutputFormat.Option();
        command.Add(interval);
        command.Add(once);
        command.Add(format);
        command.Does(async (parsed, client, interrupt) =>
        {
            bool single = parsed.GetValue(once) || Console.IsOutputRedirected;
            var pause = TimeSpan.FromSeconds(parsed.GetValue(interval));
            UsageSample before = await UsageSample.TakeAsync(client, interrupt);
            do
            {
                await Task.Delay(pause, interrupt);
                UsageSample now = await UsageSample.TakeAsync(client, interrupt);
                IReadOnlyList<MachineUsage> usage = now.Since(before);
                output.WriteLine($"{(single ? "" : Clear)}{(parsed.IsJson(format) ? MachineUsage.Json(usage) : MachineUsage.Table(usage))}");
                output.Flush();
                before = now;
            }
            while (!single && !TerminalCalls.IsClosed(TerminalCalls.StandardOutput));
            return 0;
        });
        return command;
    }
}

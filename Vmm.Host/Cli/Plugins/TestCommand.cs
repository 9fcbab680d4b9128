using System.CommandLine;
using System.Globalization;
using Vmm.Core.Testing.Fuzzing;
using Vmm.Host.Plugins.Authoring;

namespace Vmm.Host.Cli.Plugins;

/// <summary><c>vmm plugins test</c>: the fuzz chipset, on any device.</summary>
internal static class TestCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string?> path = new("PATH") { Arity = ArgumentArity.ZeroOrOne, Description = "A plugin: assembly or folder; without it, the built-in devices" };
        path.Validators.Add(UsageErrors.RefuseOptions);
        Option<string[]> devices = new("--device")
        {
            HelpName = "TYPE[,OPTION=VALUE]",
            Description = "Test this device only; may be repeated",
            Arity = ArgumentArity.OneOrMore,
        };
        FuzzOptions defaults = new();
        Option<int> accesses = Positive("--accesses", "N", "Accesses a device", defaults.Accesses);
        Option<int?> seed = new("--seed")
        {
            HelpName = "N",
            Description = "Repeat the accesses of an earlier test",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
                {
                    return value;
                }

                result.AddError($"--seed: expected a whole number from 0 to {int.MaxValue}, found \"{result.Tokens[0].Value}\"");
                return null;
            },
        };
        Option<int> patience = Positive("--patience", "MS", "Milliseconds after which an access counts as a hang", (int)defaults.Patience.TotalMilliseconds);
        Command command = new ExampleCommand(
            "test",
            "Drive devices through their ranges as a hostile guest would, and report exceptions, hangs and growth",
            "vmm plugins test Beeper/bin",
            "vmm plugins test Beeper/bin --device beeper,port=0x300 --seed 42",
            "vmm plugins test --accesses 1000000") { path, devices, accesses, seed, patience };
        command.SetAction(parsed =>
        {
            DeviceTest test = new(output, parsed.GetValue(path), new FuzzOptions
            {
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
                Accesses = parsed.GetValue(accesses),
                Patience = TimeSpan.FromMilliseconds(parsed.GetValue(patience)),
                GrowthLimit = DeviceTest.GrowthLimit,
            });
            return (int)(parsed.GetValue(devices) is { Length: > 0 } named ? test.Run(named) : test.RunAll());
        });
        return command;
    }

    private static Option<int> Positive(string name, string valueName, string description, int standard)
    {
        Option<int> option = new(name) { HelpName = valueName, Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0))
            {
                result.AddError($"{name}: expected a whole number from 1 to {int.MaxValue}, found \"{token.Value}\"");
            }
        });
        return option;
    }
}

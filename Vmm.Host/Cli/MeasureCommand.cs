using System.CommandLine;
using Vmm.Host.Errors;
using Vmm.Host.Measuring;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Host.Cli;

/// <summary><c>vmm measure</c>: what a TD will be measured as.</summary>
internal static class MeasureCommand
{
    private const int Two = 2;

    public static Command Create(TextWriter output)
    {
        Argument<string?> file = new("CONFIG") { Arity = ArgumentArity.ZeroOrOne, Description = "Configuration file, or a measurement log" };
        file.Validators.Add(UsageErrors.RefuseOptions);
        Option<string?> firmware = new("--firmware") { HelpName = "IMAGE", Description = "Measure a TDVF image instead of a configuration" };
        Option<string[]> diff = new("--diff")
        {
            HelpName = "A B",
            Description = "Name the first record that differs between two configurations or logs; exit code 1 if one does",
            Arity = new ArgumentArity(Two, Two),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string> format = OutputFormat.Option();
        Command command = new ExampleCommand(
            "measure",
            "Predict MRTD and RTMRs of a TD; needs no KVM",
            "vmm measure configs/hello-td.json",
            "vmm measure configs/hello-td.json -o json > hello.json",
            "vmm measure --diff hello.json configs/hello-td.json",
            "vmm measure --firmware OVMF.fd")
        {
            file, firmware, diff, format,
        };
        command.Validators.Add(result =>
        {
            int asked = new[] { result.GetValue(file) is not null, result.GetValue(firmware) is not null, result.GetResult(diff) is not null }.Count(one => one);
            if (asked != 1)
            {
                result.AddError("name one of CONFIG, --firmware IMAGE and --diff A B");
            }
        });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(diff) is [var first, var second])
            {
                return Diff(first, second, output);
            }

            MeasurementLog log = parsed.GetValue(firmware) is { } image
                ? LaunchPrediction.OfFirmware(image)
                : MeasurementSource.LoadAsync(parsed.GetValue(file)!).GetAwaiter().GetResult();
            output.WriteLine(parsed.IsJson(format) ? MeasurementJson.Write(log) : MeasurementTable.Write(log));
            return 0;
        });
        return command;
    }

    private static int Diff(string first, string second, TextWriter output)
    {
        MeasurementLog one = MeasurementSource.LoadAsync(first).GetAwaiter().GetResult();
        MeasurementLog other = MeasurementSource.LoadAsync(second).GetAwaiter().GetResult();
        if (MeasurementDifference.Find(one, other) is { } difference)
        {
            output.WriteLine($"record {difference.Index}: {difference.Explain()}");
            return (int)ExitCode.No;
        }

        if (TdIdentityField.All.FirstOrDefault(field => field.Text(one.Identity) != field.Text(other.Identity)) is { } changed)
        {
            output.WriteLine($"{changed.Title}: {changed.Text(one.Identity)} in the first, {changed.Text(other.Identity)} in the second");
            return (int)ExitCode.No;
        }

        output.WriteLine("the measurements are the same");
        return 0;
    }
}

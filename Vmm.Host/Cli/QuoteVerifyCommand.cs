using System.CommandLine;
using Vmm.Host.Errors;
using Vmm.Host.Measuring;
using Vmm.Host.Quotes;
using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Verification;

namespace Vmm.Host.Cli;

/// <summary><c>vmm quote verify</c>: whether a quote is signed up to a root, and says what it should.</summary>
internal static class QuoteVerifyCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> file = new("FILE") { Description = "Quote (version 4 or 5)" };
        file.Validators.Add(UsageErrors.RefuseOptions);
        Option<string> root = new("--root") { HelpName = "CERT", Description = "Trusted root certificate, PEM or DER", Required = true };
        Option<string?> policy = new("--policy") { HelpName = "FILE", Description = "Accepted values of fields" };
        Option<string?> measurements = new("--measurements") { HelpName = "FILE", Description = "What 'vmm measure -o json' has predicted, or a configuration" };
        Option<string> format = OutputFormat.Option();
        Command command = new ExampleCommand(
            "verify",
            "Verify a quote; exit code 0 if all is well, 1 if not. The TCB is not evaluated",
            "vmm quote verify quote.bin --root ~/.local/state/vmm/attestation/root.pem",
            "vmm quote verify quote.bin --root root.pem --measurements measured.json --policy policy.json")
        {
            file, root, policy, measurements, format,
        };
        command.SetAction(parsed =>
        {
            Quote quote = EvidenceFile.ReadQuote(parsed.GetRequiredValue(file));
            QuoteVerifier verifier = new(TrustedRoots.Load(parsed.GetRequiredValue(root)), DateTimeOffset.UtcNow);
            QuotePolicy accepted = parsed.GetValue(policy) is { } policyFile ? QuotePolicyFile.Read(policyFile) : new QuotePolicy();
            IEnumerable<QuoteCheck> measured = parsed.GetValue(measurements) is { } log
                ? MeasurementCheck.Check(quote, MeasurementSource.LoadAsync(log).GetAwaiter().GetResult())
                : [];
            QuoteVerdict verdict = new(quote, [.. verifier.Verify(quote), .. accepted.Check(quote), .. measured]);
            output.WriteLine(parsed.IsJson(format) ? EvidenceText.Json(verdict) : EvidenceText.Table(verdict));
            return (int)(verdict.IsAccepted ? ExitCode.Success : ExitCode.No);
        });
        return command;
    }
}

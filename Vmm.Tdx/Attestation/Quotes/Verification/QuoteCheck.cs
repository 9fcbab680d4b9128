namespace Vmm.Tdx.Attestation.Quotes.Verification;

/// <summary>One check of a quote.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What was found.</param>
public sealed record QuoteCheck(string Name, CheckOutcome Outcome, string Detail)
{
    internal static QuoteCheck Of(string name, bool passed, string detail) => new(name, passed ? CheckOutcome.Passed : CheckOutcome.Failed, detail);
}

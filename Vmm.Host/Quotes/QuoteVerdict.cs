using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Verification;

namespace Vmm.Host.Quotes;

/// <summary>What is thought of a quote.</summary>
/// <param name="Quote">The quote.</param>
/// <param name="Checks">All checks in order.</param>
internal sealed record QuoteVerdict(Quote Quote, IReadOnlyList<QuoteCheck> Checks)
{
    internal bool IsAccepted => Checks.All(check => check.Outcome != CheckOutcome.Failed);

    internal bool IsEmulated => QuoteField.IsEmulated(Quote);
}

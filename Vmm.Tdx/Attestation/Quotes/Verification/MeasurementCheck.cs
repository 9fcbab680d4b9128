using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Attestation.Quotes.Verification;

/// <summary>Compares a quote with what was predicted.</summary>
public static class MeasurementCheck
{
    /// <summary>Compares all fields of a TD's identity but RTMR3, which is the guest's own.</summary>
    /// <param name="quote">The quote.</param>
    /// <param name="log">What <c>vmm measure</c> has said.</param>
    public static IEnumerable<QuoteCheck> Check(Quote quote, MeasurementLog log) => TdIdentityField.All.SkipLast(1).Select(field =>
    {
        string found = field.Text(quote.Body.Td);
        string expected = field.Text(log.Identity);
        return QuoteCheck.Of(field.Title, found == expected, found == expected ? "as predicted" : $"{found}, predicted was {expected}");
    });
}

namespace Vmm.Tdx.Attestation.Quotes.Verification;

/// <summary>What a quote has to say to be accepted, beyond being signed.</summary>
public sealed record QuotePolicy
{
    /// <summary>Whether a TD that can be debugged is accepted.</summary>
    public bool AllowDebug { get; init; }

    /// <summary>Accepted values of fields, as <see cref="QuoteField.Text"/> writes them. Fields that are not here may have any value.</summary>
    public IReadOnlyDictionary<QuoteField, IReadOnlyList<string>> Accepted { get; init; } = new Dictionary<QuoteField, IReadOnlyList<string>>();

    /// <summary>Checks a quote.</summary>
    public IEnumerable<QuoteCheck> Check(Quote quote)
    {
        bool debug = quote.Body.Td.Attributes.HasFlag(Abi.TdAttributes.Debug);
        yield return QuoteCheck.Of("debugging", !debug || AllowDebug, debug ? "the TD can be debugged (ATTRIBUTES.DEBUG)" : "the TD cannot be debugged");
        foreach ((QuoteField field, IReadOnlyList<string> accepted) in Accepted)
        {
            string? found = field.Text(quote);
            bool passed = accepted.Contains(found, StringComparer.OrdinalIgnoreCase);
            yield return QuoteCheck.Of(field.Title, passed, passed ? "accepted by the policy" : $"{found ?? "not in this quote"} is not accepted by the policy");
        }
    }
}

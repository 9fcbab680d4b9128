namespace Vmm.Tdx.Attestation.Quotes.Verification;

/// <summary>How one check of a quote ended.</summary>
public enum CheckOutcome
{
    /// <summary>As it should be.</summary>
    Passed,

    /// <summary>Not as it should be: the quote is refused.</summary>
    Failed,

    /// <summary>Not looked at, because something it rests on has failed or is not available.</summary>
    NotChecked,
}

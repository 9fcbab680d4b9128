namespace Vmm.Tdx.Attestation.Quotes;

/// <summary>Bytes are no quote, or no TDREPORT; the message says where.</summary>
/// <param name="message">One sentence.</param>
public sealed class QuoteFormatException(string message) : Exception(message);

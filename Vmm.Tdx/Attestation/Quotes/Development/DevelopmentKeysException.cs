namespace Vmm.Tdx.Attestation.Quotes.Development;

/// <summary>The keys of development quotes cannot be used; the message names the file and what to do.</summary>
/// <param name="message">One sentence.</param>
public sealed class DevelopmentKeysException(string message) : Exception(message);

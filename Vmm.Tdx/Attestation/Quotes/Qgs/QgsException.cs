namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>A quote generation service gave no quote; the message names the service and what to do.</summary>
/// <param name="message">One sentence.</param>
/// <param name="cause">What the host said.</param>
public sealed class QgsException(string message, Exception? cause = null) : Exception(message, cause);

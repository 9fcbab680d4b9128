namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>A text is no measurement log; the message says where.</summary>
/// <param name="message">One sentence.</param>
public sealed class MeasurementLogException(string message) : Exception(message);

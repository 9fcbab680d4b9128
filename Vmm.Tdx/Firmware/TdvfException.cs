namespace Vmm.Tdx.Firmware;

/// <summary>A firmware image is no usable TDVF; the message says why.</summary>
/// <param name="message">One sentence.</param>
public sealed class TdvfException(string message) : Exception(message);

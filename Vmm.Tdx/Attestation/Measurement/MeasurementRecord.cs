using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>One step of a measurement.</summary>
/// <param name="Register">The register that it goes to.</param>
/// <param name="What">What is measured.</param>
public sealed record MeasurementRecord(MeasurementRegister Register, string What)
{
    /// <summary>MRTD: the pages that are added. Their order, and that of the chunks in each, is ascending.</summary>
    public MemoryRange? Pages { get; init; }

    /// <summary>RTMRs: the type of the event.</summary>
    public TcgEventType? Event { get; init; }

    /// <summary>SHA-384 of the contents in hexadecimal; null where only addresses are measured.</summary>
    public string? Digest { get; init; }
}

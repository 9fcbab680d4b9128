namespace Vmm.Tdx.Tracing;

/// <summary>How often a call took how long.</summary>
/// <param name="Name">Name in the specification.</param>
/// <param name="Total">How long all of them took.</param>
/// <param name="Histogram">How long each took; a copy.</param>
public sealed record CallLatencies(string Name, TimeSpan Total, LatencyHistogram Histogram)
{
    /// <summary>How often it was made: as often as the histogram says, also when vCPUs count on while it is copied.</summary>
    public long Count { get; } = Histogram.Count;
}

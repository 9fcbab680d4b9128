namespace Vmm.Tdx.Tracing;

/// <summary>How often a call took how long.</summary>
/// <param name="Name">Name in the specification.</param>
/// <param name="Count">How often it was made.</param>
/// <param name="Total">How long all of them took.</param>
/// <param name="Histogram">How long each took; a copy.</param>
public sealed record CallLatencies(string Name, long Count, TimeSpan Total, LatencyHistogram Histogram);

namespace Vmm.Host.Control.Client;

/// <summary>One value of a metric.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Labels">What it is about.</param>
/// <param name="Value">The value.</param>
internal sealed record PrometheusSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

namespace Vmm.Tdx.Tracing;

/// <summary>What a summary tells of one kind of call.</summary>
/// <param name="Name">The specification's name.</param>
/// <param name="Calls">How many there were.</param>
/// <param name="Errors">How many failed.</param>
/// <param name="Total">Time spent on them in the VMM.</param>
/// <param name="Median">Time that half of them took at the most; off by 6.25 % at most.</param>
/// <param name="Share">Part of the time spent on all calls, 0 to 1.</param>
public sealed record SummaryRow(string Name, long Calls, long Errors, TimeSpan Total, TimeSpan Median, double Share);

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>What came of trying a device.</summary>
/// <param name="Seed">Makes the same accesses again.</param>
/// <param name="Accesses">Accesses made, without those that warmed the code up.</param>
/// <param name="AllocatedBytes">What the device allocated while it answered them. On the path of a TDVMCALL it is to be nothing.</param>
/// <param name="Elapsed">The time it took.</param>
/// <param name="Findings">What is wrong; empty for a good device.</param>
public sealed record FuzzReport(int Seed, int Accesses, long AllocatedBytes, TimeSpan Elapsed, IReadOnlyList<FuzzFinding> Findings);

namespace Vmm.Core.Testing.Fuzzing;

/// <summary>How hard a device is tried.</summary>
public sealed record FuzzOptions
{
    /// <summary>The same seed makes the same accesses.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of accesses, after those that warm the code up.</summary>
    public int Accesses { get; init; } = 100_000;

    /// <summary>An access that takes longer hangs. Far more than any device needs, so that a busy host is no hang.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Bytes by which the process may have grown when all is done; null to leave it. Meaningful only where nothing else runs in the process.
    /// </summary>
    public long? GrowthLimit { get; init; }
}

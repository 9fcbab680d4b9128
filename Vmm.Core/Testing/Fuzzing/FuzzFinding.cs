namespace Vmm.Core.Testing.Fuzzing;

/// <summary>Something wrong with a device.</summary>
/// <param name="Kind">What kind of wrong.</param>
/// <param name="During">What was done to the device, e.g. <c>write of 2 bytes at port 0x3f9</c>.</param>
/// <param name="Access">Number of the access; the same in every run with the same seed.</param>
/// <param name="Reason">The rest, in words.</param>
/// <param name="Place">Where in the code, if that is known.</param>
public sealed record FuzzFinding(FuzzFindingKind Kind, string During, long Access, string Reason, string? Place = null)
{
    /// <summary>How often it happened.</summary>
    public int Count { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString()
    {
        string place = Place is null ? "" : $", {Place}";
        string times = Count > 1 ? $" ({Count} times)" : "";
        return $"{Kind} on access {Access}, a {During}: {Reason}{place}{times}";
    }
}

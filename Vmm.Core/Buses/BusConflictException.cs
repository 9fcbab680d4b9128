namespace Vmm.Core.Buses;

/// <summary>Devices cannot be put on one set of buses. The message names all conflicts, one a line.</summary>
/// <param name="conflicts">All conflicts found; at least one.</param>
public sealed class BusConflictException(IReadOnlyList<BusConflict> conflicts)
    : Exception(string.Join(Environment.NewLine, conflicts))
{
    /// <summary>All conflicts found, in the order of the devices.</summary>
    public IReadOnlyList<BusConflict> Conflicts { get; } = conflicts;
}

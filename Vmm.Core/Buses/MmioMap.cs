namespace Vmm.Core.Buses;

/// <summary>Which device answers at which address. Immutable: what changes is replaced as a whole.</summary>
public sealed class MmioMap
{
    private readonly MmioMapping[] _mappings; // by address
    private readonly ulong[] _firsts;

    /// <summary>Makes a map.</summary>
    /// <param name="mappings">The ranges. Where some overlap, the one that starts last answers.</param>
    public MmioMap(params IEnumerable<MmioMapping> mappings)
    {
        _mappings = [.. mappings.OrderBy(mapping => mapping.Range.First)];
        _firsts = Array.ConvertAll(_mappings, mapping => mapping.Range.First);
    }

    /// <summary>A map of nothing.</summary>
    public static MmioMap Empty { get; } = new();

    /// <summary>The range that an address lies in, or null.</summary>
    public MmioMapping? Find(ulong gpa)
    {
        int found = Array.BinarySearch(_firsts, gpa);
        int index = found >= 0 ? found : ~found - 1; // the last range that starts at or below the address
        return index >= 0 && _mappings[index].Contains(gpa, 1) ? _mappings[index] : null;
    }
}

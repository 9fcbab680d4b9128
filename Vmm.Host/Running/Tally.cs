using System.Text.Json.Nodes;

namespace Vmm.Host.Running;

/// <summary>Counts by name, in the order in which the names first came.</summary>
internal sealed class Tally
{
    private readonly OrderedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>All of them together.</summary>
    public long Total => _counts.Values.Sum();

    /// <summary>Adds several up.</summary>
    public static Tally Sum(IEnumerable<Tally> tallies)
    {
        Tally sum = new();
        foreach (Tally tally in tallies)
        {
            sum.Add(tally);
        }

        return sum;
    }

    /// <summary>The counts by name.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Counts what another one has.</summary>
    public void Add(Tally other)
    {
        foreach ((string name, long count) in other._counts)
        {
            Add(name, count);
        }
    }

    /// <summary>Counts.</summary>
    public void Add(string name, long count)
    {
        _counts.TryGetValue(name, out long before);
        _counts[name] = before + count;
    }

    /// <summary>The counts as members of an object.</summary>
    public JsonObject ToJson() => new(_counts.Select(count => KeyValuePair.Create<string, JsonNode?>(count.Key, count.Value)));
}

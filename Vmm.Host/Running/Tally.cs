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
        foreach ((string name, long count) in tallies.SelectMany(tally => tally._counts))
        {
            sum.Add(name, count);
        }

        return sum;
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

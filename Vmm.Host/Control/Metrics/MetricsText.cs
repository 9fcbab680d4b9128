using System.Globalization;
using System.Text;

namespace Vmm.Host.Control.Metrics;

/// <summary>
/// A text in Prometheus's format 0.0.4 that is put together from several: the samples of a family have to stand together, behind one HELP and one
/// TYPE.
/// </summary>
internal sealed class MetricsText
{
    private readonly Dictionary<string, (StringBuilder Head, StringBuilder Samples)> _families = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Begins a family.</summary>
    public void Begin(string name, string type, string help) => Family(name).Head.Clear().Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <summary>Adds a sample to the family of its name.</summary>
    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels) => Sample(name, name, value, labels);

    /// <summary>Adds a sample to a family whose samples have names of their own, such as a histogram.</summary>
    public void Sample(string family, string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        StringBuilder text = Family(family).Samples.Append(name);
        for (int i = 0; i < labels.Length; i++)
        {
            string escaped = labels[i].Value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(i == 0 ? '{' : ',').Append($"{labels[i].Name}=\"{escaped}\"");
        }

        text.Append(labels.IsEmpty ? " " : "} ").Append(CultureInfo.InvariantCulture, $"{value}\n");
    }

    /// <summary>Adds a whole text.</summary>
    public void Add(string text)
    {
        string family = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                // "# HELP name …" or "# TYPE name …"; what follows belongs to it, also where the names have suffixes (histograms).
                string[] words = line.Split(' ', 4);
                if (words.Length > 2 && words[1] is "HELP" or "TYPE")
                {
                    family = words[2];
                    StringBuilder head = Family(family).Head;
                    if (!head.ToString().Contains($"# {words[1]} ", StringComparison.Ordinal))
                    {
                        head.Append(line).Append('\n');
                    }
                }
            }
            else
            {
                string name = line[..Math.Max(0, line.IndexOfAny(['{', ' ']))];
                Family(family.Length > 0 && name.StartsWith(family, StringComparison.Ordinal) ? family : name).Samples.Append(line).Append('\n');
            }
        }
    }

    public override string ToString() => string.Concat(_order.Select(name => $"{_families[name].Head}{_families[name].Samples}"));

    private (StringBuilder Head, StringBuilder Samples) Family(string name)
    {
        if (!_families.TryGetValue(name, out (StringBuilder Head, StringBuilder Samples) family))
        {
            family = (new StringBuilder(), new StringBuilder());
            _families.Add(name, family);
            _order.Add(name);
        }

        return family;
    }
}

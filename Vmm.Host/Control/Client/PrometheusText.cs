using System.Globalization;
using System.Text.RegularExpressions;

namespace Vmm.Host.Control.Client;

/// <summary>Reads Prometheus's text format 0.0.4: a line a sample, <c>NAME{LABEL="VALUE",…} NUMBER</c>; comments and what is no sample are passed over.</summary>
internal static partial class PrometheusText
{
    private const int Patience = 1000; // milliseconds a line may take: the text comes from elsewhere

    public static IEnumerable<PrometheusSample> Parse(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            Match match = Sample().Match(line);
            if (match.Success && double.TryParse(match.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            {
                Dictionary<string, string> labels = new(StringComparer.Ordinal);
                foreach (Match label in Label().Matches(match.Groups["labels"].Value))
                {
                    labels[label.Groups["name"].Value] = Unescape(label.Groups["value"].Value);
                }

                yield return new PrometheusSample(match.Groups["name"].Value, labels, value);
            }
        }
    }

    private static string Unescape(string value) => Escape().Replace(value, match => match.Value == @"\n" ? "\n" : match.Value[1..]);

    [GeneratedRegex("""^(?<name>[A-Za-z_:][A-Za-z0-9_:]*)(\{(?<labels>([^"}]|"([^"\\]|\\.)*")*)\})?\s+(?<value>\S+)""", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[A-Za-z_][A-Za-z0-9_]*)="(?<value>([^"\\]|\\.)*)" """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace, Patience)]
    private static partial Regex Label();

    [GeneratedRegex("""\\[\\"n]""", RegexOptions.None, Patience)]
    private static partial Regex Escape();
}

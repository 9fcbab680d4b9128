namespace Vmm.Tdx.Policies.Reading;

/// <summary>Finds what somebody meant to type.</summary>
internal static class NearestName
{
    /// <summary>The name with the fewest typing errors (Levenshtein distance).</summary>
    internal static string To(string typed, IEnumerable<string> names) =>
        names.MinBy(name => Distance(typed.ToLowerInvariant(), name.ToLowerInvariant()))!;

    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}

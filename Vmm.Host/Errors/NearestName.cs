namespace Vmm.Host.Errors;

/// <summary>Finds what a mistyped name was meant to be.</summary>
public static class NearestName
{
    /// <summary>The suggestion to append to a message: <c>; did you mean "kernel"?</c>, or the choices where none is near.</summary>
    public static string Suggest(string typed, IReadOnlyCollection<string> known) => known.Count == 0 ? "; nothing is allowed here"
        : Find(typed, known) is { } nearest ? $"; did you mean \"{nearest}\"?"
        : $"; one of {string.Join(", ", known)}";

    /// <summary>The known name that takes the fewest edits, or null when all are far off.</summary>
    public static string? Find(string typed, IEnumerable<string> known)
    {
        string? nearest = null;
        int fewest = Math.Max(2, typed.Length / 3) + 1;
        foreach (string name in known)
        {
            int edits = Edits(typed.ToLowerInvariant(), name.ToLowerInvariant());
            if (edits < fewest)
            {
                (nearest, fewest) = (name, edits);
            }
        }

        return nearest;
    }

    /// <summary>Levenshtein's distance with neighbours swapped as one edit, one row at a time.</summary>
    private static int Edits(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = [.. Enumerable.Range(0, b.Length + 1)];
        int[] row = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}

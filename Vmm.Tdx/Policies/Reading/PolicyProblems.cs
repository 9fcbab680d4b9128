using System.Text.Json;

namespace Vmm.Tdx.Policies.Reading;

/// <summary>Collects what is wrong with a file while it is read, and reads the primitive values.</summary>
internal sealed class PolicyProblems(byte[] utf8)
{
    private const string HexPrefix = "0x";

    private readonly List<(long Offset, PolicyProblem Problem)> _problems = [];

    internal bool Any => _problems.Count > 0;

    internal IReadOnlyList<PolicyProblem> InOrder => [.. _problems.OrderBy(problem => problem.Offset).Select(problem => problem.Problem)];

    internal void Add(PolicyNode node, string message) => Add(node.Path, node.Offset, message);

    /// <summary>Reports keys that are unknown or double, or that there is no object.</summary>
    internal bool CheckObject(PolicyNode node, params string[] known)
    {
        if (node.Kind != JsonTokenType.StartObject)
        {
            Add(node, "must be an object");
            return false;
        }

        HashSet<string> seen = [];
        foreach (PolicyMember member in node.Members)
        {
            if (!known.Contains(member.Key))
            {
                Add(member.Value.Path, member.Offset, $"unknown key '{member.Key}'; did you mean '{NearestName.To(member.Key, known)}'?");
            }
            else if (!seen.Add(member.Key))
            {
                Add(member.Value.Path, member.Offset, $"key '{member.Key}' stands here twice");
            }
        }

        return true;
    }

    internal IReadOnlyList<PolicyNode> Items(PolicyNode? node)
    {
        if (node is { Kind: not JsonTokenType.StartArray })
        {
            Add(node, "must be an array");
        }

        return node?.Items ?? [];
    }

    internal bool Flag(PolicyNode? node)
    {
        if (node is { Kind: not (JsonTokenType.True or JsonTokenType.False) })
        {
            Add(node, "must be true or false");
        }

        return node?.Kind == JsonTokenType.True;
    }

    /// <summary>One of a few names.</summary>
    internal T Choice<T>(PolicyNode? node, T absent, params (string Name, T Value)[] choices)
    {
        if (node is null)
        {
            return absent;
        }

        foreach ((string name, T value) in choices)
        {
            if (node.Kind == JsonTokenType.String && node.Text == name)
            {
                return value;
            }
        }

        string names = string.Join(", ", choices.Select(choice => $"\"{choice.Name}\""));
        Add(node, $"must be one of {names}");
        return absent;
    }

    internal ulong Number(PolicyNode node, ulong max)
    {
        if (node.Kind is not (JsonTokenType.String or JsonTokenType.Number) || !TryParse(node.Text, out ulong value))
        {
            Add(node, "must be a number, or a string with a decimal or 0x number");
            return 0;
        }

        if (value > max)
        {
            Add(node, $"0x{value:x} is out of range: at most 0x{max:x}");
            return 0;
        }

        return value;
    }

    /// <summary>A number, or two with a dash between them.</summary>
    internal (uint First, uint Last) Range(PolicyNode node)
    {
        int dash = node.Kind == JsonTokenType.String ? node.Text.IndexOf('-') : -1;
        if (dash < 0)
        {
            uint single = (uint)Number(node, uint.MaxValue);
            return (single, single);
        }

        uint first = (uint)Number(node with { Text = node.Text[..dash].Trim() }, uint.MaxValue);
        uint last = (uint)Number(node with { Text = node.Text[(dash + 1)..].Trim() }, uint.MaxValue);
        if (last < first)
        {
            Add(node, $"the range ends at 0x{last:x}, before it begins at 0x{first:x}");
        }

        return (first, Math.Max(first, last));
    }

    private static bool TryParse(string text, out ulong value)
    {
        text = text.Replace("_", "", StringComparison.Ordinal);
        return text.StartsWith(HexPrefix, StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(HexPrefix.Length), System.Globalization.NumberStyles.AllowHexSpecifier, null, out value)
            : ulong.TryParse(text, System.Globalization.NumberStyles.None, null, out value);
    }

    private void Add(string path, long offset, string message)
    {
        ReadOnlySpan<byte> before = utf8.AsSpan(0, (int)offset);
        int line = before.Count((byte)'\n') + 1;
        int column = before.Length - (before.LastIndexOf((byte)'\n') + 1) + 1;
        _problems.Add((offset, new PolicyProblem(path, line, column, message)));
    }
}

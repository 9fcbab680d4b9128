using System.Globalization;
using Vmm.Host.Errors;

namespace Vmm.Host.Configuration;

/// <summary>
/// Reads an object key by key. A key that is absent is null; one of the wrong type is reported and null; keys that nobody asked for are
/// reported by <see cref="Done"/>. What has been asked for is therefore the definition of what is allowed.
/// </summary>
public sealed class ConfigObject
{
    private readonly ConfigErrors _errors;
    private readonly List<string> _known = [];

    /// <summary>Starts reading an object; any other value is reported and treated as an empty one.</summary>
    public ConfigObject(ConfigNode node, ConfigErrors errors)
    {
        _errors = errors;
        Node = node;
        if (node.Kind != ConfigKind.Object)
        {
            Wrong(node, "an object { … }");
        }
    }

    /// <summary>The value itself.</summary>
    public ConfigNode Node { get; }

    /// <summary>The keys asked for so far.</summary>
    public IReadOnlyCollection<string> Known => _known;

    /// <summary>Any value, as it stands.</summary>
    public ConfigNode? Take(string key)
    {
        _known.Add(key);
        return Node.Members.FirstOrDefault(member => member.Name == key)?.Value;
    }

    /// <summary>Reports a mistake that this class cannot see.</summary>
    public void Report(ConfigNode node, string message) => _errors.Add(node.Location, message);

    /// <summary>A string.</summary>
    public string? String(string key) => Take(key) is { } node && Is(node, ConfigKind.String, "a string") ? node.Text : null;

    /// <summary>True or false.</summary>
    public bool? Boolean(string key) => Take(key) is { } node && Is(node, ConfigKind.Boolean, "true or false") ? node.Text == "true" : null;

    /// <summary>A file; relative paths become absolute.</summary>
    public string? FilePath(string key)
    {
        if (Take(key) is not { } node || !Is(node, ConfigKind.String, "a path"))
        {
            return null;
        }

        if (node.Text.Length == 0 || node.Text.Contains('\0'))
        {
            Wrong(node, "a path");
            return null;
        }

        return Path.GetFullPath(node.Text, node.Location.Source.BaseDirectory);
    }

    /// <summary>A number, or a string such as <c>"0x3f8"</c>.</summary>
    public ulong? Number(string key, ulong min = 0, ulong max = ulong.MaxValue)
    {
        if (Take(key) is not { } node)
        {
            return null;
        }

        if (TryNumber(node, out ulong value) && value >= min && value <= max)
        {
            return value;
        }

        Wrong(node, max == ulong.MaxValue && min == 0 ? "a whole number" : $"a whole number from {min} to {max}");
        return null;
    }

    /// <summary>A number that may be negative.</summary>
    public long? Integer(string key, long min, long max)
    {
        if (min >= 0)
        {
            return (long?)Number(key, (ulong)min, (ulong)max);
        }

        if (Take(key) is not { } node)
        {
            return null;
        }

        long value;
        bool parsed = node.Kind == ConfigKind.Number
            ? long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            : TryNumber(node, out ulong positive) & ((value = (long)positive) >= 0);
        if (parsed && value >= min && value <= max)
        {
            return value;
        }

        Wrong(node, $"a whole number from {min} to {max}");
        return null;
    }

    /// <summary>One of an enumeration's names, in lower case.</summary>
    public T? Name<T>(string key)
        where T : struct, Enum => Name(key, ConfigNames.All<T>()) is { } name ? Enum.Parse<T>(name, ignoreCase: true) : null;

    /// <summary>One of a set of names.</summary>
    public string? Name(string key, IReadOnlyList<string> names)
    {
        if (Take(key) is not { } node)
        {
            return null;
        }

        if (node.Kind == ConfigKind.String && names.Contains(node.Text))
        {
            return node.Text;
        }

        string near = node.Kind == ConfigKind.String && NearestName.Find(node.Text, names) is { } name ? $"; did you mean \"{name}\"?" : "";
        Report(node, $"expected one of {string.Join(", ", names)}, found {node.Describe()}{near}");
        return null;
    }

    /// <summary>Bytes of a fixed length as hexadecimal digits or base64.</summary>
    public byte[]? Bytes(string key, int length)
    {
        if (Take(key) is not { } node)
        {
            return null;
        }

        byte[] bytes = new byte[length];
        bool ok = node.Kind == ConfigKind.String
            && ((node.Text.Length == 2 * length && Convert.FromHexString(node.Text, bytes, out _, out _) == System.Buffers.OperationStatus.Done)
                || (Convert.TryFromBase64String(node.Text, bytes, out int written) && written == length));
        if (ok)
        {
            return bytes;
        }

        Wrong(node, $"{length} bytes as {2 * length} hexadecimal digits or as base64");
        return null;
    }

    /// <summary>The elements of a list, or null when the key is absent.</summary>
    public IReadOnlyList<ConfigNode>? Items(string key) => Take(key) is not { } node ? null : Is(node, ConfigKind.Array, "a list [ … ]") ? node.Items : [];

    /// <summary>Files or folders; relative paths become absolute. Null when the key is absent.</summary>
    public IReadOnlyList<string>? FilePaths(string key) => Items(key) is not { } items ? null :
        [.. items.Select(item => Within(item.Location, [new ConfigMember("", item.Location, item)]).FilePath("")).OfType<string>()];

    /// <summary>An object made up of values of this one; mistakes in it are reported to the same place.</summary>
    public ConfigObject Within(ConfigLocation location, IReadOnlyList<ConfigMember> members) => new(new ConfigNode(location, ConfigKind.Object, "") { Members = members }, _errors);

    /// <summary>An object within; empty when absent.</summary>
    public ConfigObject Object(string key) => new(Take(key) ?? Node with { Kind = ConfigKind.Object, Members = [] }, _errors);

    /// <summary>Ends reading: whatever was not asked for is a mistake.</summary>
    public void Done()
    {
        foreach (ConfigMember member in Node.Members.Where(member => !_known.Contains(member.Name)))
        {
            // "$schema" is how editors find the schema.
            if (member.Name != "$schema" || Node.Location.Path != ConfigLocation.Root)
            {
                _errors.Add(member.Location, $"unknown key{NearestName.Suggest(member.Name, _known)}");
            }
        }
    }

    /// <summary>Reports a value of the wrong type or out of range.</summary>
    public void Wrong(ConfigNode node, string expected) => Report(node, $"expected {expected}, found {node.Describe()}");

    private static bool TryNumber(ConfigNode node, out ulong value)
    {
        const string Hexadecimal = "0x";
        value = 0;
        return node.Kind switch
        {
            ConfigKind.Number => ulong.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out value),
            ConfigKind.String when node.Text.StartsWith(Hexadecimal, StringComparison.OrdinalIgnoreCase) =>
                ulong.TryParse(node.Text.AsSpan(Hexadecimal.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value),
            _ => false,
        };
    }

    private bool Is(ConfigNode node, ConfigKind kind, string expected)
    {
        // The command line has no quotes to tell a string from a number.
        if (node.Kind == kind || (kind == ConfigKind.String && node.Location.Source.IsCommandLine && node.Kind is ConfigKind.Number or ConfigKind.Boolean))
        {
            return true;
        }

        Wrong(node, expected);
        return false;
    }
}

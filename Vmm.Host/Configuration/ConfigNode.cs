using System.Globalization;

namespace Vmm.Host.Configuration;

/// <summary>A value of a configuration that knows where it stands.</summary>
/// <param name="Location">Where.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text of a string, number or boolean; empty otherwise.</param>
public sealed record ConfigNode(ConfigLocation Location, ConfigKind Kind, string Text)
{
    /// <summary>The elements of a list.</summary>
    public IReadOnlyList<ConfigNode> Items { get; init; } = [];

    /// <summary>The keys of an object.</summary>
    public IReadOnlyList<ConfigMember> Members { get; init; } = [];

    /// <summary>A value given on the command line: whole numbers and booleans are recognised, all else is a string.</summary>
    public static ConfigNode FromOption(ConfigSource option, string text)
    {
        ConfigKind kind = text is "true" or "false" ? ConfigKind.Boolean
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? ConfigKind.Number
            : ConfigKind.String;
        return new ConfigNode(new ConfigLocation(option, 0, 0, ConfigLocation.Root), kind, text);
    }

    /// <summary>An object without keys.</summary>
    public static ConfigNode EmptyObject(ConfigSource source) => new(new ConfigLocation(source, 0, 0, ConfigLocation.Root), ConfigKind.Object, "");

    /// <summary>The same object with one key set or replaced.</summary>
    public ConfigNode With(string key, ConfigNode value) => this with
    {
        Members = [.. Members.Where(member => member.Name != key), new ConfigMember(key, value.Location, value)],
    };

    /// <summary>The value as a message shows it.</summary>
    public string Describe() => Kind switch
    {
        ConfigKind.Null => "null",
        ConfigKind.Boolean => Text,
        ConfigKind.Number => $"the number {Text}",
        ConfigKind.String => $"\"{Shorten(Text)}\"",
        ConfigKind.Array => "a list",
        _ => "an object",
    };

    private static string Shorten(string text)
    {
        const int Shown = 60;
        return text.Length <= Shown ? text : string.Concat(text.AsSpan(0, Shown), "…");
    }
}

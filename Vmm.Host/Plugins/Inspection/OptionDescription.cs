using System.Collections;
using System.Globalization;

namespace Vmm.Host.Plugins.Inspection;

/// <summary>An option of a device, for people.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Type">What it takes.</param>
/// <param name="Default">Its default; null when it has to be given, or is nothing by default.</param>
/// <param name="Required">Whether it has to be given.</param>
/// <param name="Text">What it is for.</param>
public sealed record OptionDescription(string Key, string Type, string? Default, bool Required, string Text)
{
    /// <summary>All options of a type; those of a record within have keys such as <c>limits.size</c>.</summary>
    public static IEnumerable<OptionDescription> Of(Type? type, string prefix = "")
    {
        object? defaults = type is null ? null : Activator.CreateInstance(type);
        foreach (OptionProperty option in type is null ? [] : OptionProperty.Of(type))
        {
            string key = prefix + option.Key;
            if (OptionType.IsRecord(option.Type))
            {
                foreach (OptionDescription within in Of(option.Type, $"{key}."))
                {
                    yield return within;
                }
            }
            else
            {
                string? value = option.IsRequired ? null : Write(option.Property.GetValue(defaults));
                yield return new OptionDescription(key, DescribeType(option), value, option.IsRequired, XmlDocumentation.Of(option.Property));
            }
        }
    }

    private static string DescribeType(OptionProperty option)
    {
        string type = OptionType.Describe(option.Type);
        bool narrowed = OptionType.TryRange(option.Type, out (long Min, long Max) all) && option.LimitsOf(option.Type) != all;
        if (!narrowed)
        {
            return type;
        }

        (long min, long max) = option.LimitsOf(option.Type);
        return $"{type} {WriteAs(option.Type, min)} to {WriteAs(option.Type, max)}";
    }

    private static string? WriteAs(Type type, long value) => Write(Convert.ChangeType(value, type, CultureInfo.InvariantCulture));

    private static string? Write(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        Enum name => Configuration.ConfigNames.CamelCase(name.ToString()),
        // Ports are ushorts, and people know them in hexadecimal.
        ushort or uint or ulong => $"0x{value:x}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Write))}]",
        _ => value.ToString(),
    };
}

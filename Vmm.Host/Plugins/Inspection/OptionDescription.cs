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
    /// <summary>All options of a type; those of a record within have keys such as <c>limits.size</c>, those of a list of records <c>ports[].name</c>.</summary>
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
                string? value = option.IsRequired ? null : Write(option.Property.GetValue(defaults), IsAddress(option));
                yield return new OptionDescription(key, DescribeType(option), value, option.IsRequired, XmlDocumentation.Of(option.Property));
                if (OptionType.ElementOf(option.Type) is { } element && OptionType.IsRecord(element))
                {
                    foreach (OptionDescription within in Of(element, $"{key}[]."))
                    {
                        yield return within;
                    }
                }
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
        return $"{type} {Write(min, IsAddress(option))} to {Write(max, IsAddress(option))}";
    }

    // People know ports in hexadecimal, and how many queues there are in decimal.
    private static bool IsAddress(OptionProperty option) => option.Property.Name.EndsWith("Port", StringComparison.Ordinal) || option.Property.Name.EndsWith("Address", StringComparison.Ordinal);

    private static string? Write(object? value, bool hexadecimal) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        Enum name => Configuration.ConfigNames.CamelCase(name.ToString()),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(item => Write(item, hexadecimal)))}]",
        IFormattable number when hexadecimal => $"0x{number.ToString("x", CultureInfo.InvariantCulture)}",
        _ => value.ToString(),
    };
}

using System.Globalization;
using System.Reflection;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins;

/// <summary>
/// Makes the options of a device from JSON: a property a key, in camel case; what is absent keeps the type's default. Lists, records within and the
/// attributes of <c>System.ComponentModel.DataAnnotations</c> are understood.
/// </summary>
public static class OptionsBinder
{
    // A list is read element by element, each as the only member of an object.
    private const string Element = "";

    /// <summary>Reads options; mistakes are reported to where <paramref name="json"/> reports.</summary>
    /// <param name="type">The type, with a parameterless constructor, or null for a device without options.</param>
    /// <param name="json">What the user wrote.</param>
    /// <returns>An instance of the type.</returns>
    public static object? Bind(Type? type, ConfigObject json)
    {
        object? options = type is null ? null : Activator.CreateInstance(type);
        foreach (OptionProperty option in type is null ? [] : OptionProperty.Of(type))
        {
            if (json.Take(option.Key) is not { } node)
            {
                if (option.IsRequired)
                {
                    json.Report(json.Node, $"the option \"{option.Key}\" is missing, and there is no default for it");
                }
            }
            else if (Read(option, option.Type, option.Key, json) is { } value)
            {
                option.Validate(value, node, json);
                option.Property.SetValue(options, value);
            }
        }

        json.Done();
        return options;
    }

    /// <summary>Checks that a type can be read.</summary>
    /// <param name="type">The type of a device's options.</param>
    /// <param name="what">Whose options they are, for the message.</param>
    /// <exception cref="UserErrorException">It has no parameterless constructor, or a property of a type that no configuration can give.</exception>
    public static void Require(Type type, string what)
    {
        if (type.GetConstructor(Type.EmptyTypes) is null)
        {
            throw new UserErrorException(ExitCode.BadData, $"{what}: {type.Name} needs a constructor without parameters");
        }

        foreach (OptionProperty option in OptionProperty.Of(type))
        {
            Type element = OptionType.ElementOf(option.Type) ?? option.Type;
            if (OptionType.IsRecord(element))
            {
                Require(element, what);
            }
            else if (!OptionType.IsSimple(element))
            {
                throw new UserErrorException(ExitCode.BadData, $"{what}: the option \"{option.Key}\" is a {element.Name}, which no configuration can give");
            }
        }
    }

    private static object? Read(OptionProperty option, Type type, string key, ConfigObject json)
    {
        if (OptionType.ElementOf(type) is { } element)
        {
            return ReadList(option, element, key, json);
        }

        return Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => ReadName(type, key, json),
            _ when type == typeof(FileInfo) => json.FilePath(key) is { } path ? new FileInfo(path) : null,
            _ when OptionType.IsRecord(type) => Bind(type, json.Object(key)),
            TypeCode.String => json.String(key),
            TypeCode.Boolean => json.Boolean(key),
            TypeCode.UInt64 => json.Number(key),
            _ => ReadNumber(option.LimitsOf(type), type, key, json),
        };
    }

    private static Array ReadList(OptionProperty option, Type element, string key, ConfigObject json)
    {
        IEnumerable<object> values = (json.Items(key) ?? [])
            .Select(item => Read(option, element, Element, json.Within(item.Location, [new ConfigMember(Element, item.Location, item)])))
            .OfType<object>();
        object[] read = [.. values];
        var list = Array.CreateInstance(element, read.Length);
        read.CopyTo(list, 0);
        return list;
    }

    private static object? ReadNumber((long Min, long Max) limits, Type type, string key, ConfigObject json) =>
        json.Integer(key, limits.Min, limits.Max) is { } value ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture) : null;

    private static object? ReadName(Type type, string key, ConfigObject json) =>
        json.Name(key, OptionType.NamesOf(type)) is { } name ? Enum.Parse(type, name, ignoreCase: true) : null;
}

using System.Globalization;
using System.Reflection;
using Vmm.Host.Configuration;

namespace Vmm.Host.Plugins;

/// <summary>Makes the options of a device from JSON: a property a key, in camel case; what is absent keeps the type's default.</summary>
public static class OptionsBinder
{
    /// <summary>Reads options; mistakes are reported to where <paramref name="json"/> reports.</summary>
    /// <param name="type">The type, with a parameterless constructor, or null for a device without options.</param>
    /// <param name="json">What the user wrote.</param>
    /// <returns>An instance of the type.</returns>
    public static object? Bind(Type? type, ConfigObject json)
    {
        object? options = type is null ? null : Activator.CreateInstance(type);
        foreach (PropertyInfo property in type?.GetProperties(BindingFlags.Public | BindingFlags.Instance) ?? [])
        {
            if (property.CanWrite && Read(property.PropertyType, KeyOf(property), json) is { } value)
            {
                property.SetValue(options, value);
            }
        }

        json.Done();
        return options;
    }

    /// <summary>The key of a property.</summary>
    public static string KeyOf(PropertyInfo property) => CamelCase(property.Name);

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static object? Read(Type type, string key, ConfigObject json)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => ReadName(type, key, json),
            TypeCode.String => json.String(key),
            TypeCode.Boolean => json.Boolean(key),
            TypeCode.Byte => ReadNumber(type, key, json, byte.MaxValue),
            TypeCode.UInt16 => ReadNumber(type, key, json, ushort.MaxValue),
            TypeCode.UInt32 => ReadNumber(type, key, json, uint.MaxValue),
            TypeCode.UInt64 => ReadNumber(type, key, json, ulong.MaxValue),
            TypeCode.Int32 => ReadNumber(type, key, json, int.MaxValue),
            TypeCode.Int64 => ReadNumber(type, key, json, long.MaxValue),
            _ => throw new NotSupportedException($"option {key}: a {type.Name} cannot be read from a configuration"),
        };
    }

    private static object? ReadNumber(Type type, string key, ConfigObject json, ulong max) =>
        json.Number(key, 0, max) is { } value ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture) : null;

    private static object? ReadName(Type type, string key, ConfigObject json) =>
        json.Name(key, Array.ConvertAll(Enum.GetNames(type), CamelCase)) is { } name ? Enum.Parse(type, name, ignoreCase: true) : null;
}

using Vmm.Host.Configuration;

namespace Vmm.Host.Plugins;

/// <summary>The types that options can have, and what people call them.</summary>
internal static class OptionType
{
    /// <summary>The type of a list's elements, or null for what is no list.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GenericTypeArguments is [var element] && type.IsAssignableFrom(element.MakeArrayType()) ? element
        : null;

    /// <summary>Whether a type has options of its own.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type != typeof(string) && type != typeof(FileInfo) && !type.IsArray && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true;

    /// <summary>Whether a type is read from one JSON value.</summary>
    public static bool IsSimple(Type type) =>
        type.IsEnum || type == typeof(FileInfo) || type == typeof(string) || type == typeof(bool) || type == typeof(ulong) || TryRange(type, out _);

    /// <summary>The names of an enumeration's values in a configuration.</summary>
    public static string[] NamesOf(Type type) => Array.ConvertAll(Enum.GetNames(type), ConfigNames.CamelCase);

    /// <summary>What people call it.</summary>
    public static string Describe(Type type) =>
        ElementOf(type) is { } element ? $"list of {Describe(element)}"
        : type.IsEnum ? string.Join("|", NamesOf(type))
        : type == typeof(string) ? "text"
        : type == typeof(bool) ? "true|false"
        : type == typeof(FileInfo) ? "path"
        : IsRecord(type) ? "object"
        : "number";

    /// <summary>The values that a type of whole numbers can hold.</summary>
    public static bool TryRange(Type type, out (long Min, long Max) range)
    {
        range = Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => (byte.MinValue, byte.MaxValue),
            TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
            TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
            TypeCode.Int16 => (short.MinValue, short.MaxValue),
            TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
            TypeCode.Int32 => (int.MinValue, int.MaxValue),
            TypeCode.Int64 => (long.MinValue, long.MaxValue),
            _ => (0, -1),
        };
        return range.Min <= range.Max;
    }
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Vmm.Host.Configuration;

namespace Vmm.Host.Plugins;

/// <summary>One option: a property of a record of options.</summary>
/// <param name="Property">The property.</param>
internal sealed record OptionProperty(PropertyInfo Property)
{
    /// <summary>Its key in a configuration.</summary>
    public string Key { get; } = ConfigNames.CamelCase(Property.Name);

    /// <summary>Its type, whether it may be absent or not.</summary>
    public Type Type { get; } = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Whether it has to be given.</summary>
    public bool IsRequired => Property.IsDefined(typeof(RequiredMemberAttribute)) || Property.IsDefined(typeof(RequiredAttribute));

    /// <summary>All options of a type, in the order of their declaration.</summary>
    public static IEnumerable<OptionProperty> Of(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => new OptionProperty(property));

    /// <summary>The smallest and the largest number allowed: what the type can hold, narrowed by <see cref="RangeAttribute"/>.</summary>
    /// <param name="type">The option's type, or that of its elements.</param>
    public (long Min, long Max) LimitsOf(Type type)
    {
        OptionType.TryRange(type, out (long Min, long Max) limits);
        return Property.GetCustomAttribute<RangeAttribute>() is { } range
            ? (Math.Max(limits.Min, ToLong(range.Minimum)), Math.Min(limits.Max, ToLong(range.Maximum)))
            : limits;
    }

    /// <summary>Checks what the other attributes say; numbers have been checked when they were read.</summary>
    public void Validate(object value, ConfigNode node, ConfigObject json)
    {
        foreach (ValidationAttribute rule in Property.GetCustomAttributes<ValidationAttribute>().Where(rule => rule is not RangeAttribute && !rule.IsValid(value)))
        {
            json.Report(node, rule is RegularExpressionAttribute { ErrorMessage: null } pattern
                ? $"expected text that matches {pattern.Pattern}, found {node.Describe()}"
                : rule.FormatErrorMessage(Key).TrimEnd('.'));
        }
    }

    private static long ToLong(object limit) => Convert.ToInt64(limit, CultureInfo.InvariantCulture);
}

namespace Vmm.Host.Configuration;

/// <summary>The names of enumeration values in configurations: those of the code, in lower case.</summary>
public static class ConfigNames
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => All(typeof(T));

    // Not generic: code for one enumeration would be compiled at the start of every machine.
    private static string[] All(Type type) => Array.ConvertAll(Enum.GetNames(type), name => name.ToLowerInvariant());

    /// <summary>The name of something in the code, as a key or a value: with a small first letter.</summary>
    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>The name of a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}

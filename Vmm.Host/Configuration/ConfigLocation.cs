namespace Vmm.Host.Configuration;

/// <summary>A place in a configuration, for messages.</summary>
/// <param name="Source">The file or the option.</param>
/// <param name="Line">Line from 1, or 0 where there are no lines.</param>
/// <param name="Column">Column from 1, in characters.</param>
/// <param name="Path">JSON path, e.g. <c>$.devices[1].name</c>.</param>
public sealed record ConfigLocation(ConfigSource Source, int Line, int Column, string Path)
{
    /// <summary>The path of a file's outermost value.</summary>
    public const string Root = "$";

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Source.IsCommandLine)
        {
            return Source.Name;
        }

        string place = Line > 0 ? $"{Source.Name}:{Line}:{Column}" : Source.Name;
        return Path == Root ? place : $"{place}: {Path}";
    }
}

using System.Text.Json;
using Vmm.Host.Errors;

namespace Vmm.Host.Configuration;

/// <summary>Reads a JSON file, with comments and trailing commas allowed, into values that know where they stand.</summary>
public static class ConfigFile
{
    /// <summary>Nothing that people write by hand comes near; it bounds what a mistaken path can cost.</summary>
    public const int MaxSize = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="folder">Where relative paths in it start; null for the file's own folder.</param>
    /// <param name="what">What it is to the user.</param>
    /// <exception cref="UserErrorException">It is missing, unreadable, too large or no JSON.</exception>
    public static ConfigNode Read(string path, string? folder = null, string what = "configuration")
    {
        ConfigSource source = ConfigSource.File(path);
        source = folder is null ? source : source with { BaseDirectory = folder };
        byte[] text = InputFile.ReadAll(path, what, MaxSize);
        ConfigErrors errors = new();
        ConfigNode? root = Parse(text, source, errors);
        errors.ThrowIfAny();
        return root!;
    }

    /// <summary>Parses text.</summary>
    /// <returns>Null after a syntax error, which is added to <paramref name="errors"/>.</returns>
    public static ConfigNode? Parse(ReadOnlySpan<byte> text, ConfigSource source, ConfigErrors errors)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        if (text.StartsWith(byteOrderMark))
        {
            text = text[byteOrderMark.Length..];
        }

        if (text.IsEmpty)
        {
            errors.Add(new ConfigLocation(source, 1, 1, ConfigLocation.Root), "the file is empty; expected an object { … }");
            return null;
        }

        ConfigParser parser = new(text, source, errors);
        try
        {
            return parser.ParseDocument();
        }
        catch (JsonException e)
        {
            // The library appends the position in its own words: ours is in the location already.
            string reason = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            errors.Add(parser.At((e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1), $"not valid JSON: {reason}");
            return null;
        }
        catch (InvalidOperationException)
        {
            errors.Add(parser.Here(ConfigLocation.Root), "not valid JSON: a string is not UTF-8 text");
            return null;
        }
    }
}

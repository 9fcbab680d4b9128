using System.Reflection;
using System.Text;
using System.Xml.Linq;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins.Authoring;

/// <summary>The project that <c>vmm plugins new</c> creates. It builds against the vmm that created it.</summary>
internal static class PluginTemplate
{
    // Files of the template end in .txt, so that they are no part of vmm's own build.
    private const string Prefix = "template/";
    private const string Suffix = ".txt";
    private const string PackageVersions = "packages";

    /// <summary>Creates the project.</summary>
    /// <param name="name">Its name: a C# identifier, which becomes the namespace and the beginning of the class names.</param>
    /// <param name="folder">The folder to create it in; made if it does not exist, and empty otherwise.</param>
    /// <returns>The files, relative to the folder.</returns>
    /// <exception cref="UserErrorException">The name cannot be used, or the folder cannot be written.</exception>
    public static IReadOnlyList<string> Create(string name, string folder)
    {
        if (name.Length == 0 || !char.IsAsciiLetterUpper(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
        {
            throw new UserErrorException(ExitCode.Usage, $"\"{name}\" cannot be the name of a plugin; it takes letters and digits, with a capital letter first, e.g. MyDevice");
        }

        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{folder}: is there already; choose another name, or another place with --folder");
        }

        Dictionary<string, string> words = Words(name);
        List<string> created = [];
        foreach (string resource in Assembly.GetManifestResourceNames().Where(each => each.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            string file = Fill(resource[Prefix.Length..^Suffix.Length], words);
            file = file == "gitignore" ? ".gitignore" : file;
            Write(Path.Combine(folder, file), Fill(Read(resource), words));
            created.Add(file);
        }

        return created;
    }

    /// <summary>The device type of a plugin: <c>MyDevice</c> becomes <c>my-device</c>.</summary>
    public static string TypeOf(string name) => string.Concat(name.Select((letter, i) =>
        $"{(i > 0 && char.IsAsciiLetterUpper(letter) && !char.IsAsciiLetterUpper(name[i - 1]) ? "-" : "")}{char.ToLowerInvariant(letter)}"));

    private static Assembly Assembly => typeof(PluginTemplate).Assembly;

    private static Dictionary<string, string> Words(string name)
    {
        Dictionary<string, string> words = new(StringComparer.Ordinal)
        {
            ["Name"] = name,
            ["type"] = TypeOf(name),
            ["VmmHome"] = AppContext.BaseDirectory.TrimEnd('/'),
        };
        // The packages of the tests are those that vmm itself is tested with.
        foreach (XElement package in XDocument.Parse(Read(PackageVersions)).Descendants("PackageVersion"))
        {
            words[package.Attribute("Include")!.Value] = package.Attribute("Version")!.Value;
        }

        return words;
    }

    private static string Fill(string text, Dictionary<string, string> words)
    {
        StringBuilder filled = new(text);
        foreach ((string word, string value) in words)
        {
            filled.Replace($"{{{{{word}}}}}", value);
        }

        return filled.ToString();
    }

    private static string Read(string resource)
    {
        using StreamReader reader = new(Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    private static void Write(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.CannotCreate, $"{path}: cannot be written: {e.Message}");
        }
    }
}

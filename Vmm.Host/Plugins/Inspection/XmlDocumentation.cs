using System.Collections.Concurrent;
using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace Vmm.Host.Plugins.Inspection;

/// <summary>The summaries in the documentation file that a compiler writes next to an assembly; empty where there is no such file.</summary>
internal sealed class XmlDocumentation
{
    private static readonly ConcurrentDictionary<string, XmlDocumentation> Files = new(StringComparer.Ordinal);

    private readonly Dictionary<string, XElement> _summaries = [];

    private XmlDocumentation(string file)
    {
        try
        {
            foreach (XElement member in XDocument.Load(file).Descendants("member"))
            {
                if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
                {
                    _summaries[name] = summary;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            // Documentation is a courtesy.
        }
    }

    /// <summary>The summary of a property, in one line.</summary>
    public static string Of(PropertyInfo property)
    {
        Type type = property.DeclaringType!;
        XmlDocumentation file = Files.GetOrAdd(Path.ChangeExtension(type.Assembly.Location, ".xml"), path => new XmlDocumentation(path));
        return file._summaries.TryGetValue($"P:{type.FullName!.Replace('+', '.')}.{property.Name}", out XElement? summary) ? Text(summary) : "";
    }

    private static string Text(XElement element) => string.Join(' ', string.Concat(element.Nodes().Select(Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        // <see cref="T:Some.Name"/> stands for the name.
        XElement { IsEmpty: true } reference => (reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword"))?.Value.Split('.', ':')[^1] ?? "",
        XElement element => Text(element),
        _ => "",
    };
}

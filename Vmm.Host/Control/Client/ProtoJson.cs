using Google.Protobuf;

namespace Vmm.Host.Control.Client;

/// <summary>Messages as JSON, in the mapping that protobuf defines.</summary>
internal static class ProtoJson
{
    private static readonly JsonFormatter Indented = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation());
    private static readonly JsonFormatter Line = new(JsonFormatter.Settings.Default);

    /// <summary>One message, for people too.</summary>
    public static string Format(IMessage message) => Indented.Format(message);

    /// <summary>One message on one line, for streams.</summary>
    public static string FormatLine(IMessage message) => Line.Format(message);

    /// <summary>A list of messages.</summary>
    public static string FormatList(IEnumerable<IMessage> messages) => $"[{string.Join(", ", messages.Select(Format))}]";
}

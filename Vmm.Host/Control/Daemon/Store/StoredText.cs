using Google.Protobuf;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>What is kept, as JSON and back. Keys of a later version are passed over.</summary>
internal static class StoredText
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(ignoreUnknownFields: true));

    public static string Format(IMessage message) => Formatter.Format(message);

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static T Parse<T>(string text)
        where T : IMessage, new()
    {
        try
        {
            return Parser.Parse<T>(text);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException(e.Message.Split('\n')[0], e);
        }
    }
}

using System.Text.Json;

namespace Vmm.Tdx.Policies.Reading;

/// <summary>A JSON value that knows where it stands.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">JSON path.</param>
/// <param name="Offset">First byte in the file.</param>
/// <param name="Text">Text of a string or number; else empty.</param>
internal sealed record PolicyNode(JsonTokenType Kind, string Path, long Offset, string Text)
{
    internal List<PolicyMember> Members { get; } = [];

    internal List<PolicyNode> Items { get; } = [];

    internal PolicyNode? this[string key] => Members.Find(member => member.Key == key)?.Value;

    /// <summary>Reads a whole file; comments and trailing commas are allowed.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static PolicyNode Read(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        PolicyNode root = ReadValue(ref reader, "$");
        reader.Read(); // anything behind the root is an error
        return root;
    }

    private static PolicyNode ReadValue(ref Utf8JsonReader reader, string path)
    {
        string text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            _ => "",
        };
        PolicyNode node = new(reader.TokenType, path, reader.TokenStartIndex, text);
        if (node.Kind == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                string key = reader.GetString()!;
                long offset = reader.TokenStartIndex;
                reader.Read();
                node.Members.Add(new PolicyMember(key, offset, ReadValue(ref reader, $"{path}.{key}")));
            }
        }
        else if (node.Kind == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                node.Items.Add(ReadValue(ref reader, $"{path}[{node.Items.Count}]"));
            }
        }

        return node;
    }
}

using System.Text;
using System.Text.Json;

namespace Vmm.Host.Configuration;

/// <summary>One pass over JSON text that keeps the line and column of every key and value.</summary>
internal ref struct ConfigParser
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly ConfigSource _source;
    private readonly ConfigErrors _errors;
    private Utf8JsonReader _reader;

    // The reader tells byte offsets; lines are counted as it moves on, so that a file is scanned once.
    private int _scanned;
    private int _line = 1;
    private int _lineStart;

    public ConfigParser(ReadOnlySpan<byte> text, ConfigSource source, ConfigErrors errors)
    {
        _text = text;
        _source = source;
        _errors = errors;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    public ConfigNode ParseDocument()
    {
        _reader.Read();
        ConfigNode root = ParseValue(ConfigLocation.Root);
        _reader.Read(); // throws when something follows
        return root;
    }

    public readonly ConfigLocation At(long line, long column) => new(_source, (int)line, (int)column, ConfigLocation.Root);

    public ConfigLocation Here(string path)
    {
        int offset = (int)_reader.TokenStartIndex;
        while (_text[_scanned..offset].IndexOf((byte)'\n') is >= 0 and int newLine)
        {
            _scanned += newLine + 1;
            _lineStart = _scanned;
            _line++;
        }

        _scanned = offset;
        return new ConfigLocation(_source, _line, Encoding.UTF8.GetCharCount(_text[_lineStart..offset]) + 1, path);
    }

    private ConfigNode ParseValue(string path)
    {
        ConfigLocation location = Here(path);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new ConfigNode(location, ConfigKind.Object, "") { Members = ParseMembers(path) };
            case JsonTokenType.StartArray:
                return new ConfigNode(location, ConfigKind.Array, "") { Items = ParseItems(path) };
            case JsonTokenType.String:
                return new ConfigNode(location, ConfigKind.String, _reader.GetString()!);
            case JsonTokenType.Number:
                return new ConfigNode(location, ConfigKind.Number, Encoding.UTF8.GetString(_reader.ValueSpan));
            case JsonTokenType.True or JsonTokenType.False:
                return new ConfigNode(location, ConfigKind.Boolean, _reader.TokenType == JsonTokenType.True ? "true" : "false");
            default:
                return new ConfigNode(location, ConfigKind.Null, "");
        }
    }

    private List<ConfigMember> ParseMembers(string path)
    {
        List<ConfigMember> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = _reader.GetString()!;
            ConfigLocation location = Here($"{path}.{name}");
            _reader.Read();
            ConfigNode value = ParseValue(location.Path);
            if (names.Add(name))
            {
                members.Add(new ConfigMember(name, location, value));
            }
            else
            {
                _errors.Add(location, "the key is there twice; remove one");
            }
        }

        return members;
    }

    private List<ConfigNode> ParseItems(string path)
    {
        List<ConfigNode> items = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ParseValue($"{path}[{items.Count}]"));
        }

        return items;
    }
}

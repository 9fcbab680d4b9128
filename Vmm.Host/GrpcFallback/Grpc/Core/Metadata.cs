using System.Collections.ObjectModel;
using System.Text;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call. Keys are in lower case; those that end in <c>-bin</c> have bytes as values.</summary>
public sealed class Metadata : Collection<Metadata.Entry>
{
    /// <summary>How keys of binary values end.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>Adds a text.</summary>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds bytes.</summary>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <summary>The last entry of some key, or null.</summary>
    public Entry? Get(string key) => this.LastOrDefault(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The text of the last entry of some key, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The bytes of the last entry of some key, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>One header.</summary>
    public sealed class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>A text.</summary>
        /// <exception cref="ArgumentException">The key is one of bytes, or no key.</exception>
        public Entry(string key, string value)
        {
            Key = Normalize(key);
            _text = value;
            if (IsBinary)
            {
                throw new ArgumentException($"the value of \"{key}\" has to be bytes", nameof(key));
            }
        }

        /// <summary>Bytes.</summary>
        /// <exception cref="ArgumentException">The key is one of texts, or no key.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalize(key);
            _bytes = valueBytes;
            if (!IsBinary)
            {
                throw new ArgumentException($"the key \"{key}\" has bytes and does not end in {BinaryHeaderSuffix}", nameof(key));
            }
        }

        /// <summary>The key.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        public string Value => _text ?? Encoding.ASCII.GetString(_bytes!);

        /// <summary>The bytes.</summary>
        public byte[] ValueBytes => _bytes ?? Encoding.ASCII.GetBytes(_text!);

        private static string Normalize(string key) => key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? key.ToLowerInvariant()
            : throw new ArgumentException($"\"{key}\" is no key of a header", nameof(key));
    }
}

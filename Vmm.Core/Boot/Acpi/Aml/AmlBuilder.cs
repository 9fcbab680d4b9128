using System.Text;

namespace Vmm.Core.Boot.Acpi.Aml;

/// <summary>Writes definitions of the ACPI machine language (ACPI 6.5, chapter 20), one scope at a time.</summary>
public sealed class AmlBuilder
{
    private const byte NameOp = 0x08;
    private const byte ScopeOp = 0x10;
    private const byte MethodOp = 0x14;
    private const byte NotifyOp = 0x86;
    private const byte Serialized = 1 << 3;
    private const int MaxArguments = 7;
    private const byte ExtendedPrefix = 0x5B;
    private const byte DeviceOp = 0x82;
    private const byte DualNamePrefix = 0x2E;
    private const byte MultiNamePrefix = 0x2F;
    private const int SegmentLength = 4;

    private readonly List<byte> _bytes = [];

    /// <summary>What was written so far.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>Defines a named constant.</summary>
    /// <param name="name">A name or path, e.g. <c>_HID</c>.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public AmlBuilder Name(string name, AmlData value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _bytes.Add(NameOp);
        _bytes.AddRange(Path(name));
        _bytes.AddRange(value.Bytes);
        return this;
    }

    /// <summary>Defines a resource template, e.g. <c>_CRS</c>.</summary>
    /// <inheritdoc cref="Name(string, AmlData)"/>
    public AmlBuilder Name(string name, ResourceTemplate value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Name(name, AmlData.Buffer(value.Bytes));
    }

    /// <summary>Opens a scope that exists.</summary>
    /// <param name="path">Its path, e.g. <c>\_SB</c>.</param>
    /// <param name="content">Writes what is in it.</param>
    /// <exception cref="ArgumentException">The path is none.</exception>
    public AmlBuilder Scope(string path, Action<AmlBuilder> content) => Block([ScopeOp], path, content);

    /// <summary>Defines a device.</summary>
    /// <param name="name">Its name, e.g. <c>COM1</c>.</param>
    /// <param name="content">Writes what is in it.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public AmlBuilder Device(string name, Action<AmlBuilder> content) => Block([ExtendedPrefix, DeviceOp], name, content);

    /// <summary>Defines a control method, of which one runs at a time.</summary>
    /// <param name="name">Its name, e.g. <c>_EVT</c>.</param>
    /// <param name="arguments">How many arguments it takes: 0 to 7.</param>
    /// <param name="content">Writes what it does.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public AmlBuilder Method(string name, int arguments, Action<AmlBuilder> content)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arguments);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments, MaxArguments);
        return Block([MethodOp], name, method =>
        {
            method._bytes.Add((byte)(arguments | Serialized));
            content(method);
        });
    }

    /// <summary>Tells the operating system of something that happened to a device (19.6.96).</summary>
    /// <param name="path">The device.</param>
    /// <param name="value">What happened.</param>
    /// <exception cref="ArgumentException">The path is none.</exception>
    public AmlBuilder Notify(string path, ulong value)
    {
        _bytes.Add(NotifyOp);
        _bytes.AddRange(Path(path));
        _bytes.AddRange(AmlData.Integer(value).Bytes);
        return this;
    }

    /// <summary>Puts a PkgLength before a content: 20.2.4, one to four bytes, which count themselves.</summary>
    internal static byte[] Counted(ReadOnlySpan<byte> content)
    {
        const int OneByteLimit = 1 << 6;
        if (content.Length + 1 < OneByteLimit)
        {
            return [(byte)(content.Length + 1), .. content];
        }

        // The first byte has the number of the bytes that follow in bits 7-6 and the lowest four bits of the length.
        for (int following = 1; following <= 3; following++)
        {
            int length = content.Length + 1 + following;
            if (length < 1 << (4 + (8 * following)))
            {
                byte[] bytes = [(byte)((following << 6) | (length & 0xF)), .. new byte[following], .. content];
                for (int i = 0; i < following; i++)
                {
                    bytes[1 + i] = (byte)(length >> (4 + (8 * i)));
                }

                return bytes;
            }
        }

        throw new ArgumentException($"AML packages end at 256 MiB, this one has {content.Length} bytes", nameof(content));
    }

    private AmlBuilder Block(ReadOnlySpan<byte> op, string path, Action<AmlBuilder> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        AmlBuilder inner = new();
        inner._bytes.AddRange(Path(path));
        content(inner);
        _bytes.AddRange(op);
        _bytes.AddRange(Counted(inner.Bytes));
        return this;
    }

    private static byte[] Path(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        bool absolute = path.StartsWith('\\');
        string[] segments = path[(absolute ? 1 : 0)..].Split('.');
        byte[] root = absolute ? [(byte)'\\'] : [];
        byte[] prefix = segments.Length switch
        {
            1 => [],
            2 => [DualNamePrefix],
            <= byte.MaxValue => [MultiNamePrefix, (byte)segments.Length],
            _ => throw NoName(path),
        };
        List<byte> name = [.. root, .. prefix];
        foreach (string segment in segments)
        {
            name.AddRange(Segment(segment, path));
        }

        return [.. name];
    }

    // 20.2.2: a letter or underscore first, then digits too; padded with underscores.
    private static byte[] Segment(string segment, string path) =>
        segment.Length is > 0 and <= SegmentLength && !char.IsAsciiDigit(segment[0]) && segment.All(c => c == '_' || char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))
            ? Encoding.ASCII.GetBytes(segment.PadRight(SegmentLength, '_'))
            : throw NoName(path);

    private static ArgumentException NoName(string path) => new($"'{path}' is not an ACPI name (segments of up to four of A-Z, 0-9, _)", nameof(path));
}

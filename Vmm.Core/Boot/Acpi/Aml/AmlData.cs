using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Vmm.Core.Boot.Acpi.Aml;

/// <summary>A constant of the ACPI machine language (ACPI 6.5, 20.2.3): an integer, a string, a buffer or a package.</summary>
public sealed class AmlData
{
    private const byte Zero = 0x00;
    private const byte One = 0x01;
    private const byte BytePrefix = 0x0A;
    private const byte WordPrefix = 0x0B;
    private const byte DWordPrefix = 0x0C;
    private const byte StringPrefix = 0x0D;
    private const byte QWordPrefix = 0x0E;
    private const byte BufferOp = 0x11;
    private const byte PackageOp = 0x12;

    private readonly byte[] _bytes;

    private AmlData(params byte[] bytes) => _bytes = bytes;

    /// <summary>The encoding.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>An integer in its shortest encoding.</summary>
    public static AmlData Integer(ulong value)
    {
        Span<byte> wide = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(wide, value);
        return value switch
        {
            0 => new AmlData(Zero),
            1 => new AmlData(One),
            <= byte.MaxValue => new AmlData([BytePrefix, .. wide[..sizeof(byte)]]),
            <= ushort.MaxValue => new AmlData([WordPrefix, .. wide[..sizeof(ushort)]]),
            <= uint.MaxValue => new AmlData([DWordPrefix, .. wide[..sizeof(uint)]]),
            _ => new AmlData([QWordPrefix, .. wide]),
        };
    }

    /// <summary>A string.</summary>
    /// <exception cref="ArgumentException">It holds a character other than 7-bit ASCII without NUL.</exception>
    public static AmlData Text(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Ascii.IsValid(value) && !value.Contains('\0', StringComparison.Ordinal)
            ? new AmlData([StringPrefix, .. Encoding.ASCII.GetBytes(value), 0])
            : throw new ArgumentException($"'{value}' is not an ASCII string", nameof(value));
    }

    /// <summary>A compressed EISA identifier (ACPI 6.5, 19.3.4), e.g. <c>PNP0501</c>.</summary>
    /// <exception cref="ArgumentException">It is not three letters A to Z and four hexadecimal digits.</exception>
    public static AmlData EisaId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        const int Letters = 3;
        const int Length = 7;
        if (id.Length != Length || id.AsSpan(0, Letters).ContainsAnyExceptInRange('A', 'Z')
            || !ushort.TryParse(id.AsSpan(Letters), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort product))
        {
            throw new ArgumentException($"'{id}' is not an EISA identifier such as PNP0501", nameof(id));
        }

        uint value = product;
        for (int i = 0; i < Letters; i++)
        {
            // Five bits a letter ('A' is 1), the first one highest.
            value |= (uint)(id[i] - '@') << (26 - (5 * i));
        }

        return Integer(BinaryPrimitives.ReverseEndianness(value));
    }

    /// <summary>A buffer.</summary>
    public static AmlData Buffer(ReadOnlySpan<byte> content) =>
        new([BufferOp, .. AmlBuilder.Counted([.. Integer((ulong)content.Length).Bytes, .. content])]);

    /// <summary>A package of up to 255 elements.</summary>
    /// <exception cref="ArgumentException">There are more.</exception>
    public static AmlData Package(params IReadOnlyCollection<AmlData> elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        if (elements.Count > byte.MaxValue)
        {
            throw new ArgumentException($"a package holds 255 elements, not {elements.Count}", nameof(elements));
        }

        List<byte> content = [(byte)elements.Count];
        foreach (AmlData element in elements)
        {
            content.AddRange(element._bytes);
        }

        return new AmlData([PackageOp, .. AmlBuilder.Counted(CollectionsMarshal.AsSpan(content))]);
    }
}

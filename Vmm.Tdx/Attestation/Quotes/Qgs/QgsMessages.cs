using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Tdx.Attestation.Quotes.Qgs;

/// <summary>Messages of the QGS protocol, each with the length that stands before it on the wire.</summary>
public static class QgsMessages
{
    /// <summary>Largest message that is read, without its length.</summary>
    public const int MaxSize = Quote.MaxSize;

    /// <summary>Size of the length before a message.</summary>
    public const int LengthSize = sizeof(uint);

    private static readonly int HeaderSize = Unsafe.SizeOf<QgsHeader>();
    private static readonly int BodyOffset = HeaderSize + Unsafe.SizeOf<QgsSizes>();

    /// <summary>Asks for the quote of a report; the service chooses the key.</summary>
    public static byte[] Request(ReadOnlySpan<byte> report) => Message(QgsMessageType.GetQuoteRequest, new QgsSizes((uint)report.Length, 0), report);

    /// <summary>Answers with a quote.</summary>
    public static byte[] Response(ReadOnlySpan<byte> quote) => Message(QgsMessageType.GetQuoteResponse, new QgsSizes(0, (uint)quote.Length), quote);

    /// <summary>Reads a request.</summary>
    /// <param name="framed">Length and message; more may follow.</param>
    /// <param name="report">The report in it.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryReadRequest(ReadOnlyMemory<byte> framed, out ReadOnlyMemory<byte> report)
    {
        report = default;
        if (framed.Length < LengthSize + BodyOffset)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(framed.Span);
        ReadOnlyMemory<byte> message = framed[LengthSize..];
        if (length < BodyOffset || length > message.Length)
        {
            return false;
        }

        message = message[..(int)length];
        QgsHeader header = MemoryMarshal.Read<QgsHeader>(message.Span);
        QgsSizes sizes = MemoryMarshal.Read<QgsSizes>(message.Span[HeaderSize..]);
        bool sound = header.MajorVersion == QgsHeader.CurrentMajor && header.Type == QgsMessageType.GetQuoteRequest && header.Size == length
            && (ulong)sizes.First + sizes.Second == (ulong)(message.Length - BodyOffset);
        report = sound ? message.Slice(BodyOffset, (int)sizes.First) : default;
        return sound;
    }

    /// <summary>Reads a response.</summary>
    /// <param name="message">The message, without its length.</param>
    /// <exception cref="QgsException">It says that there is no quote, or makes no sense.</exception>
    public static byte[] ReadResponse(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderSize)
        {
            throw Nonsense($"a message of {message.Length} bytes, less than a header");
        }

        QgsHeader header = MemoryMarshal.Read<QgsHeader>(message);
        if (header.MajorVersion != QgsHeader.CurrentMajor || header.Type != QgsMessageType.GetQuoteResponse)
        {
            throw Nonsense($"a message of version {header.MajorVersion}.{header.MinorVersion} and type {(uint)header.Type}");
        }

        if (header.ErrorCode != QgsErrorCode.Success)
        {
            throw new QgsException($"refused the request: error 0x{(uint)header.ErrorCode:x} ({header.ErrorCode}); see the service's log");
        }

        if (header.Size != message.Length || message.Length < BodyOffset)
        {
            throw Nonsense($"a message that calls itself {header.Size} bytes long and has {message.Length}");
        }

        QgsSizes sizes = MemoryMarshal.Read<QgsSizes>(message[HeaderSize..]);
        return sizes.Second != 0 && (ulong)sizes.First + sizes.Second == (ulong)(message.Length - BodyOffset)
            ? message[(BodyOffset + (int)sizes.First)..].ToArray()
            : throw Nonsense($"an id of {sizes.First} bytes and a quote of {sizes.Second} in {message.Length - BodyOffset}");
    }

    internal static QgsException Nonsense(string what) => new($"answered with {what}: it does not speak the QGS protocol, version 1");

    private static byte[] Message(QgsMessageType type, QgsSizes sizes, ReadOnlySpan<byte> body)
    {
        int size = BodyOffset + body.Length;
        QgsHeader header = new() { MajorVersion = QgsHeader.CurrentMajor, MinorVersion = QgsHeader.CurrentMinor, Type = type, Size = (uint)size };
        byte[] message = new byte[LengthSize + size];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)size);
        MemoryMarshal.Write(message.AsSpan(LengthSize), in header);
        MemoryMarshal.Write(message.AsSpan(LengthSize + HeaderSize), in sizes);
        body.CopyTo(message.AsSpan(LengthSize + BodyOffset));
        return message;
    }
}

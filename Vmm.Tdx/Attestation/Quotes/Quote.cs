using System.Runtime.CompilerServices;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes.Layout;

namespace Vmm.Tdx.Attestation.Quotes;

/// <summary>A TD quote of version 4 or 5, taken apart. That it has the form of one says nothing of whether it is true.</summary>
public sealed record Quote
{
    /// <summary>Largest quote that is read; real ones have about 5 KiB.</summary>
    public const int MaxSize = 128 << 10;

    private const ushort Version4 = 4;
    private const ushort Version5 = 5;

    /// <summary>The header.</summary>
    public required QuoteHeader Header { get; init; }

    /// <summary>What is said of the TD.</summary>
    public required TdQuoteBody Body { get; init; }

    /// <summary>What TDX 1.5 adds to that, or null.</summary>
    public required TdQuoteBody15? Body15 { get; init; }

    /// <summary>Header and body: what is signed.</summary>
    public required byte[] SignedBytes { get; init; }

    /// <summary>The signature with its key.</summary>
    public required QuoteSignature Signature { get; init; }

    /// <summary>The QE's report on the key.</summary>
    public required QeCertification Qe { get; init; }

    /// <summary>Authentication data of the QE.</summary>
    public required byte[] QeAuthenticationData { get; init; }

    /// <summary>The PCK certificate and its issuers as PEM.</summary>
    public required byte[] PckChain { get; init; }

    /// <summary>Zeros behind the quote: buffers are often larger.</summary>
    public required int Padding { get; init; }

    /// <summary>Takes a quote apart.</summary>
    /// <exception cref="QuoteFormatException">It is none, or one of another kind.</exception>
    public static Quote Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxSize)
        {
            throw new QuoteFormatException($"{bytes.Length} bytes are too many for a quote; at most {MaxSize} are read");
        }

        QuoteReader reader = new(bytes);
        QuoteHeader header = reader.Take<QuoteHeader>("header");
        Check(in header);
        QuoteBodyType type = header.Version == Version4 ? QuoteBodyType.Td10 : TakeDescriptor(ref reader);
        TdQuoteBody15? body15 = type == QuoteBodyType.Td15 ? reader.Take<TdQuoteBody15>("TD report body") : null;
        TdQuoteBody body = body15?.Td10 ?? reader.Take<TdQuoteBody>("TD report body");
        byte[] signed = bytes[..^reader.Rest.Length].ToArray();

        QuoteReader signature = new(reader.Take(reader.Take<uint>("length of the signature data"), "signature data"));
        QuoteSignature start = signature.Take<QuoteSignature>("signature");
        QuoteReader qe = new(TakeCertification(ref signature, start.Certification, CertificationType.QeReport, "QE certification"));
        signature.RequireEnd("QE certification");
        QeCertification certification = qe.Take<QeCertification>("QE report");
        byte[] authentication = qe.Take(certification.AuthenticationDataSize, "QE authentication data").ToArray();
        byte[] chain = TakeCertification(ref qe, qe.Take<CertificationHeader>("certification of the PCK"), CertificationType.PckChain, "PCK certificate chain").ToArray();
        qe.RequireEnd("PCK certificate chain");
        if (reader.Rest.ContainsAnyExcept((byte)0))
        {
            throw new QuoteFormatException($"{reader.Rest.Length} bytes behind the quote are neither part of it nor zeros");
        }

        return new Quote
        {
            Header = header,
            Body = body,
            Body15 = body15,
            SignedBytes = signed,
            Signature = start,
            Qe = certification,
            QeAuthenticationData = authentication,
            PckChain = chain,
            Padding = reader.Rest.Length,
        };
    }

    private static void Check(in QuoteHeader header)
    {
        if (header.Version is not (Version4 or Version5))
        {
            throw new QuoteFormatException($"this is no quote of version 4 or 5: the version would be {header.Version}");
        }

        if (header.TeeType != QuoteHeader.Tdx)
        {
            throw new QuoteFormatException($"this quote is not of a TD: its TEE type is 0x{header.TeeType:x}");
        }

        if (header.AttestationKeyType != QuoteHeader.EcdsaP256)
        {
            throw new QuoteFormatException($"the attestation key is of type {header.AttestationKeyType}; only type 2, ECDSA with P-256, is known");
        }
    }

    private static QuoteBodyType TakeDescriptor(ref QuoteReader reader)
    {
        QuoteBodyDescriptor descriptor = reader.Take<QuoteBodyDescriptor>("body descriptor");
        int size = descriptor.Type switch
        {
            QuoteBodyType.Td10 => Unsafe.SizeOf<TdQuoteBody>(),
            QuoteBodyType.Td15 => Unsafe.SizeOf<TdQuoteBody15>(),
            _ => throw new QuoteFormatException($"its body is of type {(ushort)descriptor.Type}, which is no TD's"),
        };
        return descriptor.Size == size
            ? descriptor.Type
            : throw new QuoteFormatException($"its body of type {(ushort)descriptor.Type} has {descriptor.Size} bytes instead of {size}");
    }

    private static ReadOnlySpan<byte> TakeCertification(ref QuoteReader reader, CertificationHeader header, CertificationType type, string what) => header.Type == type
        ? reader.Take(header.Size, what)
        : throw new QuoteFormatException($"the {what} is of type {(ushort)header.Type}; only type {(ushort)type} is known");
}

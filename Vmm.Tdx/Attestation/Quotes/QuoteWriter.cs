using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Tdx.Attestation.Quotes.Layout;

namespace Vmm.Tdx.Attestation.Quotes;

/// <summary>Puts quotes together.</summary>
public static class QuoteWriter
{
    /// <summary>What gets signed of a quote of version 4.</summary>
    public static byte[] SignedBytes(in QuoteHeader header, in TdQuoteBody body) => [.. Bytes(in header), .. Bytes(in body)];

    /// <summary>What gets signed of a quote of version 5.</summary>
    public static byte[] SignedBytes(in QuoteHeader header, in TdQuoteBody15 body)
    {
        QuoteBodyDescriptor descriptor = new() { Type = QuoteBodyType.Td15, Size = (uint)Unsafe.SizeOf<TdQuoteBody15>() };
        return [.. Bytes(in header), .. Bytes(in descriptor), .. Bytes(in body)];
    }

    /// <summary>The whole quote.</summary>
    /// <param name="signedBytes">Header and body.</param>
    /// <param name="signature">Signature and key; what certifies them is filled in.</param>
    /// <param name="qe">The QE's report; the size of the authentication data is filled in.</param>
    /// <param name="authenticationData">Authentication data of the QE.</param>
    /// <param name="pckChain">Certificates as PEM, leaf first.</param>
    public static byte[] Write(ReadOnlySpan<byte> signedBytes, QuoteSignature signature, QeCertification qe, ReadOnlySpan<byte> authenticationData, ReadOnlySpan<byte> pckChain)
    {
        CertificationHeader pck = new() { Type = CertificationType.PckChain, Size = (uint)pckChain.Length };
        qe.AuthenticationDataSize = (ushort)authenticationData.Length;
        byte[] certification = [.. Bytes(in qe), .. authenticationData, .. Bytes(in pck), .. pckChain];
        signature.Certification = new CertificationHeader { Type = CertificationType.QeReport, Size = (uint)certification.Length };
        uint size = (uint)(Unsafe.SizeOf<QuoteSignature>() + certification.Length);
        return [.. signedBytes, .. Bytes(in size), .. Bytes(in signature), .. certification];
    }

    private static ReadOnlySpan<byte> Bytes<T>(in T part)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in part));
}

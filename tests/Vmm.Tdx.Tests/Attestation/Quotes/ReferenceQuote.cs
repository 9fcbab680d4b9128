using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>A second implementation of quote verification: offsets of the specification, and each certificate's signature checked by hand.</summary>
internal static class ReferenceQuote
{
    public static void AssertVerifies(byte[] quote, string rootPem)
    {
        int version = BinaryPrimitives.ReadUInt16LittleEndian(quote);
        int signed = version == 4 ? 48 + 584 : 48 + 6 + 648;
        byte[] sig = quote[(signed + 4)..];
        Assert.Equal(sig.Length, BinaryPrimitives.ReadInt32LittleEndian(quote.AsSpan(signed)));
        Assert.True(Key(sig[64..128]).VerifyData(quote.AsSpan(0, signed), sig.AsSpan(0, 64), HashAlgorithmName.SHA256));
        Assert.Equal(6, BinaryPrimitives.ReadUInt16LittleEndian(sig.AsSpan(128)));
        Assert.Equal(sig.Length - 134, BinaryPrimitives.ReadInt32LittleEndian(sig.AsSpan(130)));

        byte[] qeReport = sig[134..518];
        int authSize = BinaryPrimitives.ReadUInt16LittleEndian(sig.AsSpan(582));
        byte[] auth = sig[584..(584 + authSize)];
        Assert.Equal([.. SHA256.HashData([.. sig[64..128], .. auth]), .. new byte[32]], qeReport[320..]);
        Assert.Equal(5, BinaryPrimitives.ReadUInt16LittleEndian(sig.AsSpan(584 + authSize)));
        Assert.Equal(sig.Length - 590 - authSize, BinaryPrimitives.ReadInt32LittleEndian(sig.AsSpan(586 + authSize)));

        string[] pem = Encoding.ASCII.GetString(sig[(590 + authSize)..]).Split("-----BEGIN CERTIFICATE-----", StringSplitOptions.RemoveEmptyEntries);
        X509Certificate2[] chain = [.. pem.Select(one => X509Certificate2.CreateFromPem("-----BEGIN CERTIFICATE-----" + one))];
        Assert.Equal(3, chain.Length);
        Assert.True(chain[0].GetECDsaPublicKey()!.VerifyData(qeReport, sig.AsSpan(518, 64), HashAlgorithmName.SHA256));
        AssertSigned(chain[0], chain[1]);
        AssertSigned(chain[1], chain[2]);
        Assert.Equal(X509Certificate2.CreateFromPem(rootPem).RawData, chain[2].RawData);
    }

    private static ECDsa Key(byte[] point) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[..32], Y = point[32..] },
    });

    // Certificate ::= SEQUENCE { tbs SEQUENCE, algorithm SEQUENCE, signature BIT STRING }
    private static void AssertSigned(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        System.Formats.Asn1.AsnReader outer = new System.Formats.Asn1.AsnReader(certificate.RawData, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        byte[] tbs = outer.ReadEncodedValue().ToArray();
        outer.ReadEncodedValue();
        byte[] signature = outer.ReadBitString(out _);
        Assert.True(issuer.GetECDsaPublicKey()!.VerifyData(tbs, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Assert.Equal(issuer.Subject, certificate.Issuer);
    }
}

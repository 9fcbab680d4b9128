using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes.Layout;

namespace Vmm.Tdx.Attestation.Quotes.Development;

/// <summary>Makes quotes as a quoting enclave does, signed by keys that are worth nothing. They cannot be taken for real: see the remarks.</summary>
/// <remarks>
/// The reports that are quoted say that module and platform are emulated (<see cref="EmulatedPlatform"/>); MRENCLAVE and MRSIGNER of the QE are ASCII text
/// that says so, it has the DEBUG attribute, and no certificate leads to Intel's root.
/// </remarks>
public sealed class DevelopmentQuoter
{
    private const ushort Version4 = 4;

    // ISVPRODID of the QE for TDs.
    private const ushort TdQe = 2;
    private const int AuthenticationDataSize = 32;

    private readonly DevelopmentKeys _keys;
    private readonly ushort _version;
    private readonly byte[] _authenticationData = new byte[AuthenticationDataSize];
    private readonly Bytes64 _attestationKey;
    private readonly QeCertification _qe;

    /// <summary>Certifies the attestation key.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="version">Version of the quotes: 4 or 5.</param>
    public DevelopmentQuoter(DevelopmentKeys keys, int version)
    {
        _keys = keys;
        _version = (ushort)version;
        ECPoint point = keys.AttestationKey.ExportParameters(includePrivateParameters: false).Q;
        byte[] key = [.. point.X!, .. point.Y!];
        key.CopyTo((Span<byte>)_attestationKey);
        "VMM DEVELOPMENT QE - NOT INTEL"u8.CopyTo(_authenticationData);
        _qe.Report = new SgxReportBody { Attributes = SgxAttributes.Init | SgxAttributes.Debug | SgxAttributes.Mode64Bit, Xfrm = (ulong)(Xfam.X87 | Xfam.Sse), IsvProdId = TdQe };
        "EMULATED CPU SVN"u8.CopyTo(_qe.Report.CpuSvn);
        "VMM DEVELOPMENT QE - NOT INTEL"u8.CopyTo(_qe.Report.MrEnclave);
        Signer.CopyTo(_qe.Report.MrSigner);
        SHA256.HashData([.. key, .. _authenticationData], _qe.Report.ReportData);
        Sign(keys.Pck, MemoryMarshal.AsBytes(new ReadOnlySpan<SgxReportBody>(in _qe.Report)), _qe.Signature);
    }

    // A real MRSIGNER is a hash: no enclave can have this one.
    private static ReadOnlySpan<byte> Signer => "VMM DEVELOPMENT - NOT INTEL"u8;

    /// <summary>Whether an MRSIGNER is that of the QE of development quotes.</summary>
    internal static bool IsSigner(ReadOnlySpan<byte> mrSigner) => mrSigner.TrimEnd((byte)0).SequenceEqual(Signer);

    /// <summary>Makes a quote of a report, which must have been checked.</summary>
    public byte[] Quote(in TdReport report)
    {
        QuoteHeader header = new() { Version = _version, AttestationKeyType = QuoteHeader.EcdsaP256, TeeType = QuoteHeader.Tdx };
        QuoteHeader.IntelQe.CopyTo(header.QeVendorId);
        "VMM DEVELOPMENT QE"u8.CopyTo(header.UserData);
        TdQuoteBody body = new()
        {
            TeeTcbSvn = report.TcbInfo.TeeTcbSvn,
            MrSeam = report.TcbInfo.MrSeam,
            MrSignerSeam = report.TcbInfo.MrSignerSeam,
            SeamAttributes = report.TcbInfo.Attributes,
            Td = TdIdentity.From(in report.TdInfo),
            ReportData = report.Mac.ReportData,
        };
        TdQuoteBody15 body15 = new() { Td10 = body, TeeTcbSvn2 = report.TcbInfo.TeeTcbSvn2, MrServiceTd = report.TdInfo.ServTdHash };
        byte[] signed = _version == Version4 ? QuoteWriter.SignedBytes(in header, in body) : QuoteWriter.SignedBytes(in header, in body15);
        QuoteSignature signature = new() { AttestationKey = _attestationKey };
        Sign(_keys.AttestationKey, signed, signature.Signature);
        return QuoteWriter.Write(signed, signature, _qe, _authenticationData, _keys.Chain);
    }

    private static void Sign(ECDsa key, ReadOnlySpan<byte> data, Span<byte> signature) =>
        key.SignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}

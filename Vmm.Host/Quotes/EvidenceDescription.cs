using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Layout;
using Vmm.Tdx.Attestation.Quotes.Verification;

namespace Vmm.Host.Quotes;

/// <summary>All that a quote or a TDREPORT says, field by field. It may be a lie: verification is another thing.</summary>
/// <param name="Fields">The fields in order.</param>
internal sealed record EvidenceDescription(IReadOnlyList<EvidenceField> Fields)
{
    private const string Header = "header";
    private const string Td = "td";
    private const string Qe = "qe";
    private const string Report = "report";

    internal static EvidenceDescription OfQuote(Quote quote)
    {
        QuoteHeader header = quote.Header;
        SgxReportBody qe = quote.Qe.Report;
        List<EvidenceField> fields =
        [
            new(Header, "version", "version", $"{header.Version}"),
            new(Header, "attestationKeyType", "attestation key type", $"{header.AttestationKeyType} (ECDSA P-256)"),
            new(Header, "teeType", "TEE type", $"0x{header.TeeType:x8} (TDX)"),
            new(Header, "qeVendorId", "QE vendor id", Hex(header.QeVendorId)),
            new(Header, "userData", "user data", Hex(header.UserData)),
            .. QuoteField.All.Where(field => field.Text(quote) is not null).Select(field => new EvidenceField(Td, field.Name, field.Title, field.Text(quote)!)),
            new(Td, "attributeNames", "attributes", $"{quote.Body.Td.Attributes}"),
            new(Td, "emulated", "emulated TD", QuoteField.IsEmulated(quote) ? "yes: no confidentiality" : "not by its MRSEAM"),
            new(Qe, "mrEnclave", "MRENCLAVE", Hex(qe.MrEnclave)),
            new(Qe, "mrSigner", "MRSIGNER", Hex(qe.MrSigner)),
            new(Qe, "isvProdId", "ISVPRODID", $"{qe.IsvProdId}"),
            new(Qe, "isvSvn", "ISVSVN", $"{qe.IsvSvn}"),
            new(Qe, "cpuSvn", "CPUSVN", Hex(qe.CpuSvn)),
            new(Qe, "attributes", "attributes", $"{qe.Attributes}"),
            new(Qe, "reportData", "REPORTDATA", Hex(qe.ReportData)),
            new(Qe, "authenticationData", "authentication data", Convert.ToHexStringLower(quote.QeAuthenticationData)),
            new(Qe, "attestationKey", "attestation key", Hex(quote.Signature.AttestationKey)),
        ];
        using PckChain? chain = PckChain.TryParse(quote.PckChain);
        fields.AddRange(chain?.All.Select((certificate, i) => new EvidenceField(
            "certificates", $"{i}", $"certificate {i}", $"{certificate.Subject}; valid {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}"))
            ?? [new("certificates", "0", "certificates", "cannot be read")]);
        return new EvidenceDescription(fields);
    }

    internal static EvidenceDescription OfReport(ReadOnlySpan<byte> bytes)
    {
        TdReport report = MemoryMarshal.Read<TdReport>(bytes);
        TdIdentity td = TdIdentity.From(in report.TdInfo);
        return new EvidenceDescription(
        [
            new(Report, "type", "type", $"0x{report.Mac.Type:x2} (TDREPORT), version {report.Mac.Version}"),
            new(Report, "cpuSvn", "CPUSVN", Hex(report.Mac.CpuSvn)),
            new(Report, "reportData", "REPORTDATA", Hex(report.Mac.ReportData)),
            new(Report, "mac", "MAC", $"{Hex(report.Mac.Mac)} (only its platform can check it)"),
            new(Report, "teeTcbInfoHash", "TEE_TCB_INFO_HASH", Compare(report.TcbInfo, report.Mac.TeeTcbInfoHash)),
            new(Report, "teeInfoHash", "TEE_INFO_HASH", Compare(report.TdInfo, report.Mac.TeeInfoHash)),
            new(Td, "teeTcbSvn", "TEE_TCB_SVN", Hex(report.TcbInfo.TeeTcbSvn)),
            new(Td, "mrSeam", "MRSEAM", Hex(report.TcbInfo.MrSeam)),
            new(Td, "mrSignerSeam", "MRSIGNERSEAM", Hex(report.TcbInfo.MrSignerSeam)),
            new(Td, "seamAttributes", "SEAM attributes", $"0x{report.TcbInfo.Attributes:x16}"),
            new(Td, "teeTcbSvn2", "TEE_TCB_SVN2", Hex(report.TcbInfo.TeeTcbSvn2)),
            .. TdIdentityField.All.Select(field => new EvidenceField(Td, field.Name, field.Title, field.Text(td))),
            new(Td, "servTdHash", "SERVTD_HASH", Hex(report.TdInfo.ServTdHash)),
        ]);
    }

    private static string Compare<T>(T part, Bytes48 hash)
        where T : unmanaged
    {
        bool same = SHA384.HashData(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in part))).AsSpan().SequenceEqual(hash);
        return $"{Hex(hash)} ({(same ? "right" : "WRONG: the part was changed")})";
    }

    private static string Hex<T>(T bytes)
        where T : unmanaged => Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in bytes)));
}

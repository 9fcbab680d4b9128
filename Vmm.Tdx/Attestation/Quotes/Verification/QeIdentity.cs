using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes.Development;
using Vmm.Tdx.Attestation.Quotes.Layout;

namespace Vmm.Tdx.Attestation.Quotes.Verification;

/// <summary>Which enclave a quoting enclave is. A platform signs the reports of any enclave that may use its provisioning key; only the right one quotes what is true.</summary>
internal static class QeIdentity
{
    // What Intel publishes of its QE for TDs (Provisioning Certification Service, /tdx/certification/v4/qe/identity): "attributes" and "attributesMask", too.
    private const ushort TdQe = 2;
    private const SgxAttributes Expected = SgxAttributes.Init | SgxAttributes.ProvisionKey;
    private const SgxAttributes Ignored = SgxAttributes.Mode64Bit;

    private static readonly byte[] IntelSigner = Convert.FromHexString("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5");

    /// <summary>Names the enclave.</summary>
    /// <returns>What it is; null when its quotes are not to be believed.</returns>
    internal static string? Recognise(Quote quote)
    {
        SgxReportBody qe = quote.Qe.Report;
        Bytes32 signer = qe.MrSigner;
        return IsIntels(in qe, signer) ? "Intel's QE for TDs"
            : QuoteField.IsEmulated(quote) && DevelopmentQuoter.IsSigner(signer) ? "the QE of development quotes"
            : null;
    }

    private static bool IsIntels(in SgxReportBody qe, ReadOnlySpan<byte> signer) =>
        signer.SequenceEqual(IntelSigner) && qe.IsvProdId == TdQe && qe.MiscSelect == 0 && (qe.Attributes & ~Ignored) == Expected;
}

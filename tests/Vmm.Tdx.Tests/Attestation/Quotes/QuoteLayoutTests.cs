using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.Quotes.Layout;
using Vmm.Tdx.Attestation.Quotes.Qgs;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>Offsets and sizes as the specification's tables have them.</summary>
public sealed class QuoteLayoutTests
{
    [Fact]
    public void Sizes_OfAllParts_AreTheSpecifications() => Assert.Equal(
        (48, 584, 648, 6, 134, 450, 384, 6, 400, 16, 8),
        (Unsafe.SizeOf<QuoteHeader>(), Unsafe.SizeOf<TdQuoteBody>(), Unsafe.SizeOf<TdQuoteBody15>(), Unsafe.SizeOf<QuoteBodyDescriptor>(),
         Unsafe.SizeOf<QuoteSignature>(), Unsafe.SizeOf<QeCertification>(), Unsafe.SizeOf<SgxReportBody>(), Unsafe.SizeOf<CertificationHeader>(),
         Unsafe.SizeOf<TdIdentity>(), Unsafe.SizeOf<QgsHeader>(), Unsafe.SizeOf<QgsSizes>()));

    [Theory]
    [InlineData(typeof(QuoteHeader), nameof(QuoteHeader.AttestationKeyType), 2)]
    [InlineData(typeof(QuoteHeader), nameof(QuoteHeader.TeeType), 4)]
    [InlineData(typeof(QuoteHeader), nameof(QuoteHeader.QeVendorId), 12)]
    [InlineData(typeof(QuoteHeader), nameof(QuoteHeader.UserData), 28)]
    [InlineData(typeof(TdQuoteBody), nameof(TdQuoteBody.MrSeam), 16)]
    [InlineData(typeof(TdQuoteBody), nameof(TdQuoteBody.MrSignerSeam), 64)]
    [InlineData(typeof(TdQuoteBody), nameof(TdQuoteBody.SeamAttributes), 112)]
    [InlineData(typeof(TdQuoteBody), nameof(TdQuoteBody.Td), 120)]
    [InlineData(typeof(TdQuoteBody), nameof(TdQuoteBody.ReportData), 520)]
    [InlineData(typeof(TdQuoteBody15), nameof(TdQuoteBody15.TeeTcbSvn2), 584)]
    [InlineData(typeof(TdQuoteBody15), nameof(TdQuoteBody15.MrServiceTd), 600)]
    [InlineData(typeof(TdIdentity), nameof(TdIdentity.Xfam), 8)]
    [InlineData(typeof(TdIdentity), nameof(TdIdentity.MrTd), 136 - 120)]
    [InlineData(typeof(TdIdentity), nameof(TdIdentity.MrConfigId), 184 - 120)]
    [InlineData(typeof(TdIdentity), nameof(TdIdentity.MrOwner), 232 - 120)]
    [InlineData(typeof(TdIdentity), nameof(TdIdentity.MrOwnerConfig), 280 - 120)]
    [InlineData(typeof(TdIdentity), nameof(TdIdentity.Rtmrs), 328 - 120)]
    [InlineData(typeof(QuoteSignature), nameof(QuoteSignature.AttestationKey), 64)]
    [InlineData(typeof(QuoteSignature), nameof(QuoteSignature.Certification), 128)]
    [InlineData(typeof(QeCertification), nameof(QeCertification.Signature), 518 - 134)]
    [InlineData(typeof(QeCertification), nameof(QeCertification.AuthenticationDataSize), 582 - 134)]
    [InlineData(typeof(SgxReportBody), nameof(SgxReportBody.MrEnclave), 64)]
    [InlineData(typeof(SgxReportBody), nameof(SgxReportBody.MrSigner), 128)]
    [InlineData(typeof(SgxReportBody), nameof(SgxReportBody.ReportData), 320)]
    [InlineData(typeof(QgsHeader), nameof(QgsHeader.Type), 4)]
    [InlineData(typeof(QgsHeader), nameof(QgsHeader.Size), 8)]
    [InlineData(typeof(QgsHeader), nameof(QgsHeader.ErrorCode), 12)]
    public void Offset_OfField_IsTheSpecifications(Type type, string field, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));
}

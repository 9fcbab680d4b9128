using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Development;
using Vmm.Tdx.Attestation.Quotes.Layout;
using Vmm.Tdx.Attestation.Quotes.Verification;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>An enclave whose report the platform has signed, up to a trusted root, and that is not the one to believe.</summary>
public sealed class QeIdentityTests : IDisposable
{
    private const string IntelSigner = "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5";

    private readonly TestPlatform _platform = new();

    public void Dispose() => _platform.Dispose();

    /// <summary>Values as Intel publishes them: INIT and PROVISIONKEY, MODE64BIT does not matter, DEBUG and everything else must not be.</summary>
    [Theory]
    [InlineData(true, IntelSigner, 2, 0x15)]
    [InlineData(true, IntelSigner, 2, 0x11)]
    [InlineData(false, IntelSigner, 2, 0x17)] // DEBUG
    [InlineData(false, IntelSigner, 2, 0x05)]
    [InlineData(false, IntelSigner, 2, 0x35)]
    [InlineData(false, IntelSigner, 1, 0x15)] // the QE of SGX
    [InlineData(false, IntelSigner, 2, 0x15, 1)]
    [InlineData(false, "00", 2, 0x15)]
    [InlineData(false, "564d4d20444556454c4f504d454e54202d204e4f5420494e54454c", 2, 0x07)] // that of development quotes
    public async Task RealTd_QuotedByAnEnclave_IsAcceptedFromIntelsAlone(bool good, string signer, int product, ulong attributes, uint miscSelect = 0)
    {
        QuoteCheck[] checks = await Verify(emulated: false, (ref SgxReportBody qe) =>
        {
            ((Span<byte>)qe.MrSigner).Clear();
            Convert.FromHexString(signer).CopyTo((Span<byte>)qe.MrSigner);
            (qe.IsvProdId, qe.Attributes, qe.MiscSelect) = ((ushort)product, (SgxAttributes)attributes, miscSelect);
        });

        Assert.Equal(good ? CheckOutcome.Passed : CheckOutcome.Failed, Assert.Single(checks, check => check.Name == "QE identity").Outcome);
        Assert.All(checks.Where(check => check.Name is not ("QE identity" or "TCB")), check => Assert.Equal(CheckOutcome.Passed, check.Outcome));
    }

    [Fact]
    public async Task EmulatedTd_QuotedByTheDevelopmentQe_IsAccepted() => Assert.Equal(
        new QuoteCheck("QE identity", CheckOutcome.Passed, "the QE of development quotes"),
        Assert.Single(await Verify(emulated: true, (ref SgxReportBody _) => { }), check => check.Name == "QE identity"));

    private delegate void Change(ref SgxReportBody qe);

    /// <summary>A development quote whose QE was changed, signed anew by all who have to.</summary>
    private async Task<QuoteCheck[]> Verify(bool emulated, Change change)
    {
        var quote = Quote.Parse(await _platform.Quote(4));
        using DevelopmentKeys keys = _platform.Store.Open();
        byte[] signed = [.. quote.SignedBytes];
        if (!emulated)
        {
            signed.AsSpan(48 + 16, 48).Fill(0x5A); // MRSEAM
        }

        QuoteSignature signature = quote.Signature;
        Sign(keys.AttestationKey, signed, signature.Signature);
        QeCertification qe = quote.Qe;
        change(ref qe.Report);
        Sign(keys.Pck, MemoryMarshal.AsBytes(new ReadOnlySpan<SgxReportBody>(in qe.Report)), qe.Signature);
        byte[] changed = QuoteWriter.Write(signed, signature, qe, quote.QeAuthenticationData, quote.PckChain);
        return [.. new QuoteVerifier(_platform.Roots, DateTimeOffset.UtcNow).Verify(Quote.Parse(changed))];
    }

    private static void Sign(ECDsa key, ReadOnlySpan<byte> data, Span<byte> target) =>
        key.SignData(data, target, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}

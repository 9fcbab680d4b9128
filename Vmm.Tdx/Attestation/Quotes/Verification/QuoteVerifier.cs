using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes.Layout;

namespace Vmm.Tdx.Attestation.Quotes.Verification;

/// <summary>
/// Follows the signatures of a quote up to a root certificate: the attestation key has signed the quote, the QE vouches for the key, the platform's
/// PCK for the QE, and the root for the PCK; and the QE is Intel's, or that of development quotes for an emulated TD.
/// </summary>
/// <remarks>
/// The TCB is not evaluated: whether processor, TDX module and QE are up to date or revoked is in collateral that Intel publishes and that is not
/// asked for here.
/// </remarks>
/// <param name="roots">The trusted roots.</param>
/// <param name="time">When certificates have to be valid.</param>
public sealed class QuoteVerifier(X509Certificate2Collection roots, DateTimeOffset time)
{
    private const string SignatureCheck = "quote signature";
    private const string BindingCheck = "QE report binding";
    private const string QeCheck = "QE report signature";
    private const string ChainCheck = "PCK certificate chain";
    private const string IdentityCheck = "QE identity";
    private const int P256 = 256;

    /// <summary>Checks the signatures, from the quote up to the root. What comes behind a failure is not looked at, as it proves nothing then.</summary>
    /// <returns>All checks in order.</returns>
    public IReadOnlyList<QuoteCheck> Verify(Quote quote)
    {
        List<QuoteCheck> checks = [CheckSignature(quote)];
        Then(checks, BindingCheck, () => CheckBinding(quote));
        bool sound = IsSound(checks);
        using PckChain? chain = sound ? PckChain.TryParse(quote.PckChain) : null;
        Then(checks, QeCheck, () => chain is null ? new QuoteCheck(QeCheck, CheckOutcome.Failed, "the certificates in the quote cannot be read") : CheckQe(quote, chain));
        Then(checks, ChainCheck, () => CheckChain(chain!));
        Then(checks, IdentityCheck, () => CheckIdentity(quote));
        checks.Add(new QuoteCheck("TCB", CheckOutcome.NotChecked, "whether the platform is up to date or revoked is not evaluated"));
        return checks;
    }

    private static bool IsSound(List<QuoteCheck> checks) => checks.TrueForAll(check => check.Outcome == CheckOutcome.Passed);

    private static void Then(List<QuoteCheck> checks, string name, Func<QuoteCheck> check) =>
        checks.Add(IsSound(checks) ? check() : new QuoteCheck(name, CheckOutcome.NotChecked, "a check before it has failed"));

    private static QuoteCheck CheckSignature(Quote quote)
    {
        QuoteSignature signature = quote.Signature;
        ReadOnlySpan<byte> point = signature.AttestationKey;
        try
        {
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[..(point.Length / 2)].ToArray(), Y = point[(point.Length / 2)..].ToArray() },
            });
            return Verifies(key, quote.SignedBytes, signature.Signature)
                ? new QuoteCheck(SignatureCheck, CheckOutcome.Passed, "the attestation key has signed header and body")
                : new QuoteCheck(SignatureCheck, CheckOutcome.Failed, "the attestation key has not signed this header and body");
        }
        catch (CryptographicException)
        {
            return new QuoteCheck(SignatureCheck, CheckOutcome.Failed, "the attestation key is no point of P-256");
        }
    }

    private static QuoteCheck CheckBinding(Quote quote)
    {
        Bytes64 point = quote.Signature.AttestationKey;
        Bytes64 bound = quote.Qe.Report.ReportData;
        byte[] key = [.. (ReadOnlySpan<byte>)point, .. quote.QeAuthenticationData];
        byte[] expected = [.. SHA256.HashData(key), .. new byte[SHA256.HashSizeInBytes]];
        return QuoteCheck.Of(BindingCheck, expected.AsSpan().SequenceEqual(bound), "REPORTDATA of the QE is the hash of attestation key and authentication data");
    }

    private static QuoteCheck CheckQe(Quote quote, PckChain chain)
    {
        QeCertification qe = quote.Qe;
        byte[] report = MemoryMarshal.AsBytes(new ReadOnlySpan<SgxReportBody>(in qe.Report)).ToArray();
        try
        {
            using ECDsa? key = chain.Leaf.GetECDsaPublicKey();
            return QuoteCheck.Of(QeCheck, key is { KeySize: P256 } && Verifies(key, report, qe.Signature), $"by the PCK of \"{chain.Leaf.Subject}\"");
        }
        catch (Exception e) when (PckChain.IsUnusable(e))
        {
            return new QuoteCheck(QeCheck, CheckOutcome.Failed, "the PCK certificate has no usable key");
        }
    }

    private static QuoteCheck CheckIdentity(Quote quote) => QeIdentity.Recognise(quote) is { } name
        ? new QuoteCheck(IdentityCheck, CheckOutcome.Passed, name)
        : new QuoteCheck(IdentityCheck, CheckOutcome.Failed, "this is not Intel's QE for TDs but another enclave, or one that can be debugged");

    private QuoteCheck CheckChain(PckChain certificates)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(certificates.Issuers);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.UtcDateTime;
        try
        {
            return chain.Build(certificates.Leaf)
                ? new QuoteCheck(ChainCheck, CheckOutcome.Passed, $"up to \"{chain.ChainElements[^1].Certificate.Subject}\"")
                : new QuoteCheck(ChainCheck, CheckOutcome.Failed, string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.TrimEnd('.')).Distinct()));
        }
        catch (Exception e) when (PckChain.IsUnusable(e))
        {
            return new QuoteCheck(ChainCheck, CheckOutcome.Failed, "the certificates in the quote cannot be used");
        }
    }

    private static bool Verifies(ECDsa key, byte[] data, ReadOnlySpan<byte> signature) =>
        key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}

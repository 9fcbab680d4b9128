using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Vmm.Host.Errors;
using Vmm.Host.Quotes;
using Vmm.Host.Tests.Cli;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Development;
using Vmm.Tdx.Attestation.Quotes.Verification;
using Vmm.Testing;

namespace Vmm.Host.Tests.Quotes;

/// <summary>What <c>vmm quote inspect</c> and <c>verify</c> make of quotes and reports that somebody has changed: text, a verdict or one clear line, never another exception.</summary>
public sealed class MutatedEvidenceTests : IDisposable
{
    private const int BufferSize = 8192;

    // Reading certificates takes most of the time: fewer here than where quotes are only verified, unless somebody asks for more.
    private const int FewerRounds = 10_000;
    private const int Rounds = 100_000;

    private static readonly int QuoteRounds = int.TryParse(Environment.GetEnvironmentVariable("VMM_MUTATED_QUOTES"), out int wanted) ? wanted : FewerRounds;

    // Where the certificates begin; a mutation in them costs a certificate parser's time, so that they get a smaller part.
    private const int Certificates = 1300;

    private readonly TempFolder _folder = new();
    private readonly DevelopmentKeyStore _keys;
    private readonly TdReport _report;

    public MutatedEvidenceTests()
    {
        _keys = new DevelopmentKeyStore(Path.Combine(_folder.Path, "keys"));
        TdInfo info = new() { Attributes = TdAttributes.SeptVeDisable, Xfam = Xfam.X87 | Xfam.Sse };
        new TdReportBuilder(new EmulatedPlatform()).Build(in info, new byte[64], out _report);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reports_Mutated_AreDescribedOrRefusedInOneLine()
    {
        byte[] report = MemoryMarshal.AsBytes(new ReadOnlySpan<TdReport>(in _report)).ToArray();
        int described = 0;
        Parallel.For(0, Rounds, () => new byte[BufferSize], (i, _, buffer) =>
        {
            byte[] mutated = Mutation.Of(new Random(i), report, buffer).ToArray();
            if (Inspects(mutated))
            {
                Interlocked.Increment(ref described);
            }

            Assert.False(IsVerified(mutated, verifier: null)); // a report has no signatures
            return buffer;
        }, static _ => { });

        // Whatever still has the size and the type of a report is described, and what was cut or is too long is not.
        Assert.InRange(described, Rounds / 2, Rounds - 1);
    }

    [Fact]
    public void Quotes_Mutated_AreDescribedOrRefusedInOneLine()
    {
        using DevelopmentKeys keys = _keys.Open();
        byte[][] quotes = [new DevelopmentQuoter(keys, version: 4).Quote(in _report), new DevelopmentQuoter(keys, version: 5).Quote(in _report)];
        QuoteVerifier verifier = new([X509CertificateLoader.LoadCertificateFromFile(_keys.RootPath)], DateTimeOffset.UtcNow);
        int described = 0;
        int verified = 0;
        Parallel.For(0, QuoteRounds, () => new byte[BufferSize], (i, _, buffer) =>
        {
            byte[] original = quotes[i & 1];
            byte[] mutated = Mutation.Of(new Random(i), original, buffer, Certificates).ToArray();
            if (Inspects(mutated))
            {
                Interlocked.Increment(ref described);
            }

            if (!mutated.AsSpan().StartsWith(original) && IsVerified(mutated, verifier))
            {
                Interlocked.Increment(ref verified);
            }

            return buffer;
        }, static _ => { });

        Assert.InRange(described, QuoteRounds / 2, QuoteRounds - 1);

        // In the text of the certificates a changed character may mean nothing, such as a line break.
        Assert.InRange(verified, 0, QuoteRounds / 100);
    }

    private static bool Inspects(byte[] bytes)
    {
        try
        {
            EvidenceDescription description = EvidenceFile.Describe("file", bytes);
            Assert.NotEmpty(EvidenceText.Table(description));
            using var json = JsonDocument.Parse(EvidenceText.Json(description));
            return true;
        }
        catch (UserErrorException e)
        {
            AssertClear(e);
            return false;
        }
    }

    private static bool IsVerified(byte[] bytes, QuoteVerifier? verifier)
    {
        try
        {
            var quote = EvidenceFile.Parse("file", bytes);
            QuoteVerdict verdict = new(
                quote, [.. verifier?.Verify(quote) ?? [], .. new QuotePolicy().Check(quote), .. MeasurementCheck.Check(quote, new MeasurementLog(default, []))]);
            Assert.NotEmpty(EvidenceText.Table(verdict));
            using var json = JsonDocument.Parse(EvidenceText.Json(verdict));
            return verdict.Checks.Where(check => check.Name != "XFAM" && check.Name != "ATTRIBUTES").All(check => check.Outcome != CheckOutcome.Failed);
        }
        catch (UserErrorException e)
        {
            AssertClear(e);
            return false;
        }
    }

    private static void AssertClear(UserErrorException error)
    {
        Assert.Equal(ExitCode.BadData, error.Code);
        Assert.StartsWith("file: ", Assert.Single(error.Lines), StringComparison.Ordinal);
    }
}

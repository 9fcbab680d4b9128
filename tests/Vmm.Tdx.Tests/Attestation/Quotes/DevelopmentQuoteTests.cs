using System.Text;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Development;
using Vmm.Tdx.Attestation.Quotes.Qgs;
using Vmm.Tdx.Attestation.Quotes.Verification;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

public sealed class DevelopmentQuoteTests : IDisposable
{
    private readonly TestPlatform _platform = new();

    public void Dispose() => _platform.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Quote_OfAReport_VerifiesByBothImplementations(int version)
    {
        byte[] quote = await _platform.Quote(version);

        ReferenceQuote.AssertVerifies(quote, await File.ReadAllTextAsync(_platform.Store.RootPath, TestContext.Current.CancellationToken));
        IReadOnlyList<QuoteCheck> checks = new QuoteVerifier(_platform.Roots, DateTimeOffset.UtcNow).Verify(Quote.Parse(quote));
        Assert.Equal([.. Enumerable.Repeat(CheckOutcome.Passed, 5), CheckOutcome.NotChecked], checks.Select(check => check.Outcome));
    }

    [Theory]
    [InlineData(4, 48)]
    [InlineData(5, 54)]
    public async Task Quote_Body_IsWhatTheReportSays(int version, int body)
    {
        byte[] report = _platform.Report();
        byte[] quote = await _platform.Quote(version, report);

        Assert.Equal([(byte)version, 0, 2, 0, 0x81, 0, 0, 0, 0, 0, 0, 0], quote[..12]);
        Assert.Equal(report[(256 + 8)..(256 + 128)], quote[body..(body + 120)]);
        Assert.Equal(report[512..912], quote[(body + 120)..(body + 520)]);
        Assert.Equal(report[128..192], quote[(body + 520)..(body + 584)]);
        if (version == 5)
        {
            Assert.Equal([3, 0, 0x88, 2, 0, 0], quote[48..54]);
            Assert.Equal(report[(256 + 128)..(256 + 144)], quote[(body + 584)..(body + 600)]);
        }
    }

    [Fact]
    public async Task Quote_Everything_SaysThatItIsNotIntels()
    {
        byte[] bytes = await _platform.Quote(4);
        var quote = Quote.Parse(bytes);

        Assert.True(QuoteField.IsEmulated(quote));
        Assert.Contains("VMM DEVELOPMENT QE - NOT INTEL", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        using PckChain chain = PckChain.TryParse(quote.PckChain)!;
        Assert.All(chain.All, certificate => Assert.Contains("NOT INTEL", certificate.Subject, StringComparison.Ordinal));
        Assert.Contains("VMM DEVELOPMENT ROOT - NOT INTEL", chain.All.Last().Subject, StringComparison.Ordinal);
    }

    /// <summary>As real quotes come: a NUL behind the certificates, and the rest of a buffer behind the quote.</summary>
    [Fact]
    public async Task Quote_NulBehindTheChainAndPaddedBuffer_Verifies()
    {
        byte[] bytes = await _platform.Quote(4);
        var original = Quote.Parse(bytes);
        byte[] quote = [.. QuoteWriter.Write(original.SignedBytes, original.Signature, original.Qe, original.QeAuthenticationData, [.. original.PckChain, 0]), .. new byte[500]];
        var parsed = Quote.Parse(quote);

        Assert.Equal(500, parsed.Padding);
        Assert.DoesNotContain(new QuoteVerifier(_platform.Roots, DateTimeOffset.UtcNow).Verify(parsed), check => check.Outcome == CheckOutcome.Failed);
        quote[^1] = 1;
        Assert.Throws<QuoteFormatException>(() => Quote.Parse(quote));
    }

    [Fact]
    public async Task Quote_OtherRoot_IsRefused()
    {
        using TestPlatform other = new();
        other.Store.Open().Dispose();
        IReadOnlyList<QuoteCheck> checks = new QuoteVerifier(other.Roots, DateTimeOffset.UtcNow).Verify(Quote.Parse(await _platform.Quote(4)));

        Assert.Equal(CheckOutcome.Failed, checks[3].Outcome);
    }

    [Fact]
    public async Task Quote_CertificatesNotValidYetOrAnyMore_IsRefused()
    {
        var quote = Quote.Parse(await _platform.Quote(4));

        Assert.Equal(CheckOutcome.Failed, new QuoteVerifier(_platform.Roots, DateTimeOffset.UtcNow.AddYears(-1)).Verify(quote)[3].Outcome);
        Assert.Equal(CheckOutcome.Failed, new QuoteVerifier(_platform.Roots, DateTimeOffset.UtcNow.AddYears(30)).Verify(quote)[3].Outcome);
    }

    [Fact]
    public async Task Provider_EveryFlippedBitOfAReport_IsRefused()
    {
        byte[] report = _platform.Report();
        using DevelopmentQuoteProvider provider = new(_platform.Reports, _platform.Store, 4);
        Assert.NotEqual(0, (await provider.GetQuoteAsync(report, CancellationToken.None)).Length);

        // Behind TEE_TCB_INFO are 17 bytes that no hash covers and that no quote has.
        foreach (int bit in Enumerable.Range(0, 1024 * 8).Where(bit => bit / 8 is < 495 or >= 512))
        {
            report[bit / 8] ^= (byte)(1 << (bit % 8));
            await Assert.ThrowsAsync<QuoteFormatException>(async () => await provider.GetQuoteAsync(report, CancellationToken.None));
            report[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public async Task Provider_OtherPlatformsReport_IsRefused()
    {
        using TestPlatform other = new();
        await Assert.ThrowsAsync<QuoteFormatException>(() => _platform.Quote(4, other.Report()));
    }

    [Fact]
    public async Task Provider_FramedRequest_IsAnsweredFramed()
    {
        byte[] answer = await _platform.Quote(4, [.. QgsMessages.Request(_platform.Report()), .. new byte[100]]);

        ReferenceQuote.AssertVerifies(QgsMessages.ReadResponse(answer.AsSpan(4)), await File.ReadAllTextAsync(_platform.Store.RootPath, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    [InlineData(1024)]
    public async Task Provider_NoReport_IsRefused(int size) => await Assert.ThrowsAsync<QuoteFormatException>(() => _platform.Quote(4, new byte[size]));

    [Fact]
    public void Keys_Files_AreTheOwnersAlone()
    {
        _platform.Store.Open().Dispose();

        Assert.Equal((UnixFileMode)0b111_000_000, new DirectoryInfo(_platform.Folder).UnixFileMode);
        Assert.Equal(["attestation.key.pem", "chain.pem", "pck.key.pem", "root.pem"], Directory.GetFiles(_platform.Folder).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_platform.Folder), file => Assert.Equal((UnixFileMode)0b110_000_000, new FileInfo(file).UnixFileMode));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(_platform.Folder)!));
    }

    [Fact]
    public void Keys_OpenedAgain_AreTheSame()
    {
        using DevelopmentKeys first = _platform.Store.Open();
        using DevelopmentKeys second = new DevelopmentKeyStore(_platform.Folder).Open();

        Assert.Equal(first.Chain, second.Chain);
        Assert.Equal(first.AttestationKey.ExportSubjectPublicKeyInfo(), second.AttestationKey.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void Keys_OpenedByManyAtOnce_AreOnePki()
    {
        byte[][] chains = new byte[8][];
        Parallel.For(0, chains.Length, i =>
        {
            using DevelopmentKeys keys = new DevelopmentKeyStore(_platform.Folder).Open();
            chains[i] = keys.Chain;
        });

        Assert.All(chains, chain => Assert.Equal(chains[0], chain));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(_platform.Folder)!));
    }

    [Fact]
    public void Keys_ReadableByOthersOrDamagedOrMissing_AreRefusedByName()
    {
        _platform.Store.Open().Dispose();
        string key = Path.Combine(_platform.Folder, "pck.key.pem");

        File.SetUnixFileMode(key, (UnixFileMode)0b110_100_000);
        Assert.Contains("chmod 600", Assert.Throws<DevelopmentKeysException>(_platform.Store.Open).Message, StringComparison.Ordinal);

        File.SetUnixFileMode(key, (UnixFileMode)0b110_000_000);
        File.WriteAllText(key, "no key");
        Assert.Contains(key, Assert.Throws<DevelopmentKeysException>(_platform.Store.Open).Message, StringComparison.Ordinal);

        File.Delete(key);
        Assert.Contains("missing", Assert.Throws<DevelopmentKeysException>(_platform.Store.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_DebugAndFields_AreChecked()
    {
        var quote = Quote.Parse(await _platform.Quote(4));
        var debuggable = Quote.Parse(await _platform.Quote(4, _platform.Report(TdAttributes.Debug)));
        QuoteField mrTd = QuoteField.All.Single(field => field.Name == "mrTd");

        Assert.All(new QuotePolicy().Check(quote), check => Assert.Equal(CheckOutcome.Passed, check.Outcome));
        Assert.Contains(new QuotePolicy().Check(debuggable), check => check.Outcome == CheckOutcome.Failed);
        Assert.All(new QuotePolicy { AllowDebug = true }.Check(debuggable), check => Assert.Equal(CheckOutcome.Passed, check.Outcome));
        Assert.Contains(Policy("00").Check(quote), check => check.Outcome == CheckOutcome.Failed);
        Assert.All(Policy("00", mrTd.Text(quote)!.ToUpperInvariant()).Check(quote), check => Assert.Equal(CheckOutcome.Passed, check.Outcome));

        QuotePolicy Policy(params string[] accepted) => new() { Accepted = new Dictionary<QuoteField, IReadOnlyList<string>> { [mrTd] = accepted } };
    }
}

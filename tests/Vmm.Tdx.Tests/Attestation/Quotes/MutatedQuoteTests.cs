using Vmm.Tdx.Attestation.Quotes;
using Vmm.Tdx.Attestation.Quotes.Verification;
using Vmm.Testing;

namespace Vmm.Tdx.Tests.Attestation.Quotes;

/// <summary>Whatever is wrong with a quote or a report: a verdict or a clear error, never another exception.</summary>
public sealed class MutatedQuoteTests : IDisposable
{
    private const int Rounds = 100_000;

    // Where the certificates begin; a mutation in them costs a certificate parser's time, so that they get a smaller part.
    private const int Certificates = 1300;

    private readonly TestPlatform _platform = new();

    public void Dispose() => _platform.Dispose();

    [Fact]
    public async Task Quotes_Mutated_AreNeverAcceptedAndNeverThrow()
    {
        byte[][] quotes = [await _platform.Quote(4), await _platform.Quote(5)];
        QuoteVerifier verifier = new(_platform.Roots, DateTimeOffset.UtcNow);
        int refused = 0;
        Parallel.For(0, Rounds, () => new byte[8192], (i, _, buffer) =>
        {
            Random random = new(i);
            byte[] original = quotes[i & 1];
            ReadOnlySpan<byte> mutated = Mutation.Of(random, original, buffer, Certificates);
            if (mutated.SequenceEqual(original) || IsRefused(mutated, verifier))
            {
                Interlocked.Increment(ref refused);
            }

            return buffer;
        }, _ => { });

        // In the text of the certificates a changed character may mean nothing, such as a line break.
        Assert.InRange(refused, Rounds * 99 / 100, Rounds);
    }

    [Fact]
    public void Reports_Mutated_AreParsedOrRefused()
    {
        byte[] report = _platform.Report();
        byte[] buffer = new byte[8192];
        for (int i = 0; i < Rounds; i++)
        {
            byte[] mutated = Mutation.Of(new Random(i), report, buffer).ToArray();
            try
            {
                var input = QuoteInput.Parse(mutated);
                Assert.Equal(1024, input.Report.Length);
            }
            catch (QuoteFormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    private static bool IsRefused(ReadOnlySpan<byte> bytes, QuoteVerifier verifier)
    {
        try
        {
            var quote = Quote.Parse(bytes);
            Assert.All(QuoteField.All, field => field.Text(quote));
            return verifier.Verify(quote).Any(check => check.Outcome == CheckOutcome.Failed);
        }
        catch (QuoteFormatException)
        {
            return true;
        }
    }
}

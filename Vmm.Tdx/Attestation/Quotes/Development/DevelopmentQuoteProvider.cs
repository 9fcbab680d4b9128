using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Attestation.Quotes.Development;

/// <summary>Quotes without a TDX platform: for the reports of this emulated platform, with development keys.</summary>
/// <param name="reports">Knows the platform's reports.</param>
/// <param name="keys">Where the keys are; they are opened by the first request.</param>
/// <param name="version">Version of the quotes: 4 or 5.</param>
public sealed class DevelopmentQuoteProvider(TdReportBuilder reports, DevelopmentKeyStore keys, int version) : IQuoteProvider, IDisposable
{
    private readonly Lock _gate = new();
    private DevelopmentKeys? _keys;
    private volatile DevelopmentQuoter? _quoter;

    /// <inheritdoc/>
    public bool IsAvailable => true;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetQuoteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        var request = QuoteInput.Parse(input);
        TdReport report = MemoryMarshal.Read<TdReport>(request.Report.Span);
        Check(in report);

        // Files are read, or keys made, and then there is the signature: not on the vCPU's time.
        return request.Answer(await Task.Run(() => (_quoter ?? Open()).Quote(in report), cancellation));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _keys?.Dispose();
        }
    }

    // As a quoting enclave does: the platform made it, and its parts are those that the MAC covers.
    private void Check(in TdReport report)
    {
        if (reports.Verify(in report.Mac) != TdxStatus.Success)
        {
            throw new QuoteFormatException("the TDREPORT is not of this platform, or was changed: its MAC is wrong");
        }

        if (!Hashes(in report.TcbInfo, report.Mac.TeeTcbInfoHash) || !Hashes(in report.TdInfo, report.Mac.TeeInfoHash))
        {
            throw new QuoteFormatException("the TDREPORT was changed: its parts do not have the hashes that its MAC covers");
        }
    }

    private static bool Hashes<T>(in T part, ReadOnlySpan<byte> hash)
        where T : unmanaged => SHA384.HashData(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in part))).AsSpan().SequenceEqual(hash);

    private DevelopmentQuoter Open()
    {
        lock (_gate)
        {
            _keys ??= keys.Open();
            return _quoter ??= new DevelopmentQuoter(_keys, version);
        }
    }
}

using System.Runtime.CompilerServices;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes.Qgs;

namespace Vmm.Tdx.Attestation.Quotes;

/// <summary>What a guest puts into its quote buffer: a TDREPORT, as Linux does, or a QGS message with one, as older DCAP libraries do.</summary>
/// <param name="Report">The TDREPORT.</param>
/// <param name="IsFramed">Whether the answer has to be a QGS message too.</param>
public readonly record struct QuoteInput(ReadOnlyMemory<byte> Report, bool IsFramed)
{
    private static readonly int ReportSize = Unsafe.SizeOf<TdReport>();

    /// <summary>Finds the report.</summary>
    /// <exception cref="QuoteFormatException">There is none.</exception>
    public static QuoteInput Parse(ReadOnlyMemory<byte> input)
    {
        if (input.Length >= ReportSize && input.Span[0] == ReportMacStruct.TdxType)
        {
            return new QuoteInput(input[..ReportSize], IsFramed: false);
        }

        return QgsMessages.TryReadRequest(input, out ReadOnlyMemory<byte> report) && report.Length == ReportSize
            ? new QuoteInput(report, IsFramed: true)
            : throw new QuoteFormatException("the guest's buffer holds neither a TDREPORT nor a QGS request with one");
    }

    /// <summary>Makes the answer out of a quote.</summary>
    public byte[] Answer(byte[] quote) => IsFramed ? QgsMessages.Response(quote) : quote;
}

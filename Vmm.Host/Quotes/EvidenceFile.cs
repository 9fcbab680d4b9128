using System.Runtime.CompilerServices;
using Vmm.Host.Errors;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Quotes;

namespace Vmm.Host.Quotes;

/// <summary>Reads quotes and TDREPORTs from files.</summary>
internal static class EvidenceFile
{
    /// <summary>Reads a quote.</summary>
    /// <exception cref="UserErrorException">It is none.</exception>
    internal static Quote ReadQuote(string path) => Parse(path, Read(path));

    /// <summary>Reads a quote or a TDREPORT.</summary>
    /// <exception cref="UserErrorException">It is neither.</exception>
    internal static EvidenceDescription Describe(string path) => Describe(path, Read(path));

    internal static EvidenceDescription Describe(string path, byte[] bytes) =>
        IsReport(bytes) ? EvidenceDescription.OfReport(bytes) : EvidenceDescription.OfQuote(Parse(path, bytes));

    private static byte[] Read(string path) => InputFile.ReadAll(path, "quote", Quote.MaxSize);

    internal static Quote Parse(string path, byte[] bytes)
    {
        try
        {
            return Quote.Parse(bytes);
        }
        catch (QuoteFormatException) when (IsReport(bytes))
        {
            throw new UserErrorException(ExitCode.BadData, $"{path}: a TDREPORT, not a quote: nobody but the platform that made it can check it");
        }
        catch (QuoteFormatException e)
        {
            throw new UserErrorException(ExitCode.BadData, $"{path}: {e.Message}");
        }
    }

    private static bool IsReport(byte[] bytes) => bytes.Length == Unsafe.SizeOf<TdReport>() && bytes[0] == ReportMacStruct.TdxType;
}

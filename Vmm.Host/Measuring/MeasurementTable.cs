using System.Text;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Host.Measuring;

/// <summary>Writes measurements for people.</summary>
internal static class MeasurementTable
{
    private const int PageShift = 12;

    internal static string Write(MeasurementLog log)
    {
        StringBuilder text = new();
        int width = TdIdentityField.All.Max(field => field.Title.Length);
        foreach (TdIdentityField field in TdIdentityField.All)
        {
            text.AppendLine($"{field.Title.PadRight(width)}  {field.Text(log.Identity)}");
        }

        text.AppendLine();
        foreach (MeasurementRecord record in log.Records)
        {
            text.AppendLine($"{record.Register.ToString().ToUpperInvariant(),-5}  {Describe(record)}");
            text.AppendLine($"       {record.Digest ?? "(only the addresses)"}");
        }

        return text.ToString().TrimEnd();
    }

    private static string Describe(MeasurementRecord record) => record.Pages is { } pages
        ? $"{pages} {record.What}, {pages.Size >> PageShift} pages"
        : $"{record.Event?.ToName()} {record.What}";
}

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vmm.Tdx.Attestation.Quotes.Verification;

namespace Vmm.Host.Quotes;

/// <summary>Writes inspections and verdicts, for people or for programs.</summary>
internal static class EvidenceText
{
    // Fields of 16 bytes and more, as hexadecimal digits.
    private const int ShortestText = 32;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Table(EvidenceDescription description)
    {
        int width = description.Fields.Max(field => field.Title.Length);
        StringBuilder text = new();
        foreach (IGrouping<string, EvidenceField> section in description.Fields.GroupBy(field => field.Section))
        {
            text.AppendLine(section.Key);
            foreach (EvidenceField field in section)
            {
                text.AppendLine($"  {field.Title.PadRight(width)}  {field.Value}{Readable(field.Value)}");
            }
        }

        return text.ToString().TrimEnd();
    }

    internal static string Json(EvidenceDescription description) => Json(json =>
    {
        foreach (IGrouping<string, EvidenceField> section in description.Fields.GroupBy(field => field.Section))
        {
            json.WriteStartObject(section.Key);
            foreach (EvidenceField field in section)
            {
                json.WriteString(field.Name, field.Value);
            }

            json.WriteEndObject();
        }
    });

    internal static string Table(QuoteVerdict verdict)
    {
        int width = verdict.Checks.Max(check => check.Name.Length);
        int outcome = verdict.Checks.Max(check => Words(check.Outcome).Length);
        StringBuilder text = new();
        foreach (QuoteCheck check in verdict.Checks)
        {
            text.AppendLine($"{Words(check.Outcome).PadRight(outcome)}  {check.Name.PadRight(width)}  {check.Detail}");
        }

        if (verdict.IsEmulated)
        {
            text.AppendLine().AppendLine("This quote is of an EMULATED TD: it proves nothing about hardware, and nothing in the TD is confidential.");
        }

        return text.AppendLine().Append(verdict.IsAccepted ? "verified" : "REFUSED").ToString();
    }

    internal static string Json(QuoteVerdict verdict) => Json(json =>
    {
        json.WriteBoolean("verified", verdict.IsAccepted);
        json.WriteBoolean("emulated", verdict.IsEmulated);
        json.WriteStartArray("checks");
        foreach (QuoteCheck check in verdict.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("outcome", Words(check.Outcome));
            json.WriteString("detail", check.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>What is ASCII text in hexadecimal is worth reading: it is how emulated platforms and development keys say what they are.</summary>
    private static string Readable(string value)
    {
        byte[] bytes = new byte[value.Length / 2];
        if (value.Length < ShortestText || Convert.FromHexString(value, bytes, out _, out _) != OperationStatus.Done)
        {
            return "";
        }

        ReadOnlySpan<byte> text = bytes.AsSpan().TrimEnd((byte)0);
        return text.Length > 0 && !text.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? $" \"{Encoding.ASCII.GetString(text)}\"" : "";
    }

    private static string Words(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "passed",
        CheckOutcome.Failed => "FAILED",
        _ => "not checked",
    };

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Indented))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

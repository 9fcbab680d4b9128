using System.Globalization;
using System.Text;
using System.Text.Json;
using Vmm.Core.Memory;
using Vmm.Tdx.Attestation.EventLog;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>Measurement logs as JSON.</summary>
public static class MeasurementJson
{
    private const string Format = "vmm-measurements/1";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a log.</summary>
    public static string Write(MeasurementLog log)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Indented))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            foreach (TdIdentityField field in TdIdentityField.All)
            {
                json.WriteString(field.Name, field.Text(log.Identity));
            }

            json.WriteStartArray("records");
            foreach (MeasurementRecord record in log.Records)
            {
                Write(json, record);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads a log.</summary>
    /// <exception cref="MeasurementLogException">It is none.</exception>
    public static MeasurementLog Read(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            using var document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out JsonElement format) || format.GetString() != Format)
            {
                throw new MeasurementLogException($"no measurement log: it lacks \"format\": \"{Format}\"; make one with 'vmm measure CONFIG -o json'");
            }

            TdIdentity identity = default;
            foreach (TdIdentityField field in TdIdentityField.All)
            {
                if (!field.TryParse(root.GetProperty(field.Name).GetString() ?? "", ref identity))
                {
                    throw new MeasurementLogException($"\"{field.Name}\" is not {field.Size} bytes in hexadecimal");
                }
            }

            return new MeasurementLog(identity, [.. root.GetProperty("records").EnumerateArray().Select(Read)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new MeasurementLogException($"no measurement log: {e.Message.TrimEnd('.')}");
        }
    }

    private static void Write(Utf8JsonWriter json, MeasurementRecord record)
    {
        json.WriteStartObject();
        json.WriteString("register", NameOf(record.Register));
        json.WriteString("what", record.What);
        if (record.Pages is { } pages)
        {
            json.WriteString("gpa", $"0x{pages.Gpa:x}");
            json.WriteNumber("size", pages.Size);
            json.WriteBoolean("extended", record.Digest is not null);
        }

        if (record.Event is { } type)
        {
            json.WriteString("event", type.ToName());
        }

        if (record.Digest is { } digest)
        {
            json.WriteString("sha384", digest);
        }

        json.WriteEndObject();
    }

    private static MeasurementRecord Read(JsonElement record) => new(RegisterOf(Text(record, "register")), Text(record, "what"))
    {
        Pages = record.TryGetProperty("gpa", out JsonElement gpa) ? new MemoryRange(Hex(gpa.GetString()), record.GetProperty("size").GetUInt64()) : null,
        Event = record.TryGetProperty("event", out JsonElement type) ? TcgEventTypes.Parse(type.GetString() ?? "") : null,
        Digest = record.TryGetProperty("sha384", out JsonElement digest) ? digest.GetString() : null,
    };

    private static string NameOf(MeasurementRegister register) => register.ToString().ToUpperInvariant();

    private static MeasurementRegister RegisterOf(string name) => Enum.TryParse(name, ignoreCase: true, out MeasurementRegister register)
        ? register
        : throw new MeasurementLogException($"there is no register \"{name}\"");

    private static string Text(JsonElement record, string key) => record.GetProperty(key).GetString() ?? "";

    private static ulong Hex(string? text) => text is ['0', 'x', .. var digits] && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
        ? value
        : throw new MeasurementLogException($"\"{text}\" is no address");
}

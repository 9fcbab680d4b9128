using System.Text;
using System.Text.Json;
using Vmm.Core.Kvm.Recording;

namespace Vmm.Host.Running;

/// <summary>Writes a recorded launch, for people or for programs.</summary>
internal static class LaunchListing
{
    private const string Platform = "4th generation Xeon (Sapphire Rapids), TDX module 1.5, Linux 6.16";

    internal static string Text(IReadOnlyList<KvmCall> calls)
    {
        StringBuilder text = new();
        text.Append("# answers are those of a reference platform: ").AppendLine(Platform);
        foreach (KvmCall call in calls)
        {
            text.AppendLine(call.ToString());
        }

        return text.ToString().TrimEnd();
    }

    internal static string Json(IReadOnlyList<KvmCall> calls)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("platform", Platform);
            json.WriteStartArray("calls");
            foreach (KvmCall call in calls)
            {
                json.WriteStartObject();
                json.WriteString("call", call.Name);
                json.WriteString("file", call.File);
                if (call.Request.Length > 0)
                {
                    json.WriteString("request", call.Request);
                }

                json.WriteStartArray("arguments");
                foreach (KvmArgument argument in call.Arguments)
                {
                    Write(json, argument);
                }

                json.WriteEndArray();
                json.WriteNumber("result", call.Result);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter json, KvmArgument argument)
    {
        if (argument.Fields.Count == 0)
        {
            json.WriteStringValue(argument.Value);
            return;
        }

        json.WriteStartObject();
        foreach (KvmArgument field in argument.Fields)
        {
            json.WritePropertyName(field.Name);
            Write(json, field);
        }

        json.WriteEndObject();
    }
}

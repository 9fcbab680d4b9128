using System.Text;
using System.Text.Json;
using Vmm.Host.Errors;

namespace Vmm.Host.Doctor;

/// <summary>Writes what was found, for people or for programs.</summary>
internal static class DoctorReport
{
    public static string Table(IReadOnlyList<HostCheck> checks)
    {
        int nameWidth = checks.Max(check => check.Name.Length);
        int statusWidth = nameof(CheckStatus.Missing).Length;
        StringBuilder text = new();
        foreach (HostCheck check in checks)
        {
            text.AppendLine($"{StatusOf(check).PadRight(statusWidth)}  {check.Name.PadRight(nameWidth)}  {check.Finding}");
            if (check.Advice.Length > 0)
            {
                text.AppendLine($"{"".PadRight(statusWidth + nameWidth + 4)}-> {check.Advice}");
            }
        }

        return text.AppendLine().Append(Summary(checks)).ToString();
    }

    public static string Json(IReadOnlyList<HostCheck> checks)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("emulatedTds", HostDoctor.Verdict(checks) == ExitCode.Success);
            json.WriteBoolean("hardwareTds", HostDoctor.HasTdx(checks));
            json.WriteStartArray("checks");
            foreach (HostCheck check in checks)
            {
                json.WriteStartObject();
                json.WriteString("name", check.Name);
                json.WriteString("status", StatusOf(check));
                json.WriteBoolean("required", check.IsRequired);
                json.WriteString("finding", check.Finding);
                json.WriteString("advice", check.Advice);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static string StatusOf(HostCheck check) => check.Status.ToString().ToLowerInvariant();

    private static string Summary(IReadOnlyList<HostCheck> checks) => HostDoctor.HasTdx(checks)
        ? "TDs run on this host's TDX hardware; emulated TDs can run too, and give no confidentiality."
        : HostDoctor.Verdict(checks) == ExitCode.Success
        ? "Emulated TDs can run on this host. They give no confidentiality: they are for development and tests."
        : "Emulated TDs cannot run on this host until what is missing and needed is there.";
}

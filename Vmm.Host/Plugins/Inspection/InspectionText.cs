using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vmm.Host.Plugins.Inspection;

/// <summary>Descriptions as text and as JSON.</summary>
internal static class InspectionText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Json(IEnumerable<DeviceDescription> devices) => JsonSerializer.Serialize(devices, Options);

    /// <summary>One line a device.</summary>
    public static string List(IReadOnlyList<DeviceDescription> devices) => string.Join('\n', Columns(
        [["TYPE", "FROM", "WHAT"], .. devices.Select(device => (string[])[device.Type, device.Plugin ?? "built in", device.Summary])]));

    /// <summary>All there is to say about devices.</summary>
    public static string Full(IEnumerable<DeviceDescription> devices) => string.Join("\n\n", devices.Select(Full));

    private static string Full(DeviceDescription device)
    {
        StringBuilder text = new();
        text.Append(device.Type).Append(device.Summary.Length > 0 ? $": {device.Summary}" : "");
        List<string[]> facts = [["  from", device.Plugin ?? "built in"], ["  class", device.Class]];
        if (device.Unknown is { } reason)
        {
            facts.Add(["  ranges", $"unknown: {reason}"]);
        }
        else
        {
            facts.AddRange(device.Ranges.Select((range, i) => (string[])[i == 0 ? "  ranges" : "", range]));
            facts.Add(["  interrupts", Interrupts(device)]);
            facts.Add(["  streams", device.Streams.Count == 0 ? "none" : string.Join(", ", device.Streams)]);
            facts.Add(["  state", device.State ?? "none"]);
        }

        foreach (string line in Columns(facts))
        {
            text.Append('\n').Append(line);
        }

        if (device.Options.Count > 0)
        {
            text.Append("\n  options");
            foreach (string line in Columns(device.Options.Select(option => (string[])[$"    {option.Key}", option.Type, option.Required ? "(required)" : option.Default ?? "(none)", option.Text])))
            {
                text.Append('\n').Append(line);
            }
        }

        return text.ToString();
    }

    private static string Interrupts(DeviceDescription device)
    {
        IEnumerable<string> lines = device.Interrupts.Select(line => line.ToString(CultureInfo.InvariantCulture));
        string all = string.Join(", ", device.Vectors == 0 ? lines : lines.Append($"{device.Vectors} of MSI-X"));
        return all.Length == 0 ? "none" : all;
    }

    private static IEnumerable<string> Columns(IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        int columns = all.Max(row => row.Length);
        int[] widths = [.. Enumerable.Range(0, columns - 1).Select(column => all.Max(row => row[column].Length))];
        return all.Select(row => string.Concat(row.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column] + 2) : cell)).TrimEnd());
    }
}

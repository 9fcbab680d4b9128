using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Vmm.Host.Control.Api;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>What the process of a machine has written about its run; it is there while the process lives and after it.</summary>
/// <param name="Process">The process.</param>
/// <param name="Resets">How often the guest was reset.</param>
/// <param name="Exit">How the run ended; null while it has not, or when the process could not say.</param>
/// <param name="Events">What happened, numbered from 1 on.</param>
internal sealed record RunReport(ProcessIdentity Process, long Resets, Exit? Exit, IReadOnlyList<Event> Events)
{
    /// <summary>Whether somebody asked the process for the end, by a signal or over its own socket.</summary>
    public bool IsEndAsked { get; private init; }

    private const string RecordFile = "run.json";
    private const string EventFile = "events.jsonl";

    // The process writes no larger ones; a guest that resets itself for ever must not cost more here.
    private const long LargestFile = 4 << 20;

    // The older one first.
    private static readonly string[] EventFiles = ["events.1.jsonl", EventFile];

    /// <summary>Reads the report in a run's folder; null if there is none, or none that can be read.</summary>
    public static RunReport? Read(string folder)
    {
        try
        {
            return Read(folder, RecordFile) is { } record ? Parse(record) with { Events = ReadEvents(folder) } : null;
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>When the report changed last; the same time for all that is not there.</summary>
    public static (DateTime Record, DateTime Events) TimeOf(string folder) =>
        (File.GetLastWriteTimeUtc(System.IO.Path.Combine(folder, RecordFile)), File.GetLastWriteTimeUtc(System.IO.Path.Combine(folder, EventFile)));

    private static bool IsDamage(Exception e) =>
        e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException;

    private static byte[]? Read(string folder, string name)
    {
        FileInfo file = new(System.IO.Path.Combine(folder, name));
        return file.Exists && file.Length <= LargestFile ? File.ReadAllBytes(file.FullName) : null;
    }

    private static RunReport Parse(byte[] record)
    {
        using JsonDocument document = JsonDocument.Parse(record);
        JsonElement run = document.RootElement;
        ProcessIdentity process = new(run.GetProperty("pid").GetInt32(), run.GetProperty("startTime").GetUInt64());
        long resets = run.TryGetProperty("resets", out JsonElement count) ? count.GetInt64() : 0;
        Exit? exit = run.TryGetProperty("exit", out JsonElement end) && end.ValueKind == JsonValueKind.Object
            ? new Exit { Code = end.GetProperty("code").GetInt32(), Reason = end.GetProperty("reason").GetString(), At = Time(end) }
            : null;
        bool isAsked = exit is not null && end.TryGetProperty("asked", out JsonElement asked) && asked.ValueKind == JsonValueKind.True;
        return new RunReport(process, resets, exit, []) { IsEndAsked = isAsked };
    }

    // A line that is not written to its end is read the next time.
    private static Event[] ReadEvents(string folder) =>
    [
        .. EventFiles
            .Select(name => Read(folder, name))
            .OfType<byte[]>()
            .SelectMany(file => Encoding.UTF8.GetString(file.AsSpan(0, file.AsSpan().LastIndexOf((byte)'\n') + 1)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(ParseEvent)
            .OfType<Event>(),
    ];

    private static Event? ParseEvent(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement told = document.RootElement;
            return new Event
            {
                Sequence = told.GetProperty("sequence").GetUInt64(),
                At = Time(told),
                Kind = Named<Event.Types.Kind>(told.GetProperty("kind").GetString(), "KIND_"),
                State = Named<State>(told.GetProperty("state").GetString(), "STATE_"),
                Detail = told.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() ?? "" : "",
                ExitCode = told.TryGetProperty("exitCode", out JsonElement code) ? code.GetInt32() : 0,
            };
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    private static Timestamp Time(JsonElement of) => Timestamp.FromDateTimeOffset(of.GetProperty("at").GetDateTimeOffset());

    // KIND_DEVICE_ATTACHED is DeviceAttached to the generated type.
    private static T Named<T>(string? name, string prefix)
        where T : struct, System.Enum => name is not null && name.StartsWith(prefix, StringComparison.Ordinal)
            && System.Enum.TryParse(name[prefix.Length..].Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out T value) ? value : default;
}

using System.Globalization;
using System.Text.Json;

namespace Vmm.Host.Running.Records;

/// <summary>
/// What is left of a run when its process is gone: a file that tells which process it was and, once it is over, how it ended. A file without an end,
/// and no process, is a run that was killed.
/// </summary>
/// <param name="folder">Where the file is.</param>
/// <param name="control">Path of the control socket; null for none.</param>
internal sealed class RunRecord(string folder, string? control)
{
    /// <summary>Name of the file.</summary>
    internal const string FileName = "run.json";

    private const int FormatVersion = 1;

    /// <summary>What there is to say now.</summary>
    internal byte[] Of(MachineRun run)
    {
        MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, new JsonWriterOptions { Indented = true }))
        {
            Write(json, run);
        }

        return text.ToArray();
    }

    /// <summary>Writes it. The file is the old one or the new one at any time, also when the host loses power.</summary>
    /// <param name="record">What there is to say.</param>
    /// <param name="isOver">Whether the run is over: a record of the start is worth nothing once the host is down.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Write(byte[] record, bool isOver)
    {
        string path = Path.Combine(folder, FileName);
        string temporary = $"{path}.new";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Write(record);
            file.Flush(flushToDisk: isOver);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private void Write(Utf8JsonWriter json, MachineRun run)
    {
        json.WriteStartObject();
        json.WriteNumber("version", FormatVersion);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteNumber("startTime", ProcessStartTime());
        json.WriteString("name", run.Config.Name);
        json.WriteString("control", control);
        json.WriteString("startedAt", run.StartedAt.UtcDateTime);
        json.WriteNumber("resets", run.Resets);
        if (run.Exit is { } exit)
        {
            json.WriteStartObject("exit");
            json.WriteNumber("code", exit.Code);
            json.WriteString("reason", exit.Reason);
            json.WriteString("at", exit.At.UtcDateTime);
            json.WriteBoolean("asked", run.EndAsked is not null);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Field 22 of /proc/PID/stat: with it a process id names one process for ever.</summary>
    private static long ProcessStartTime()
    {
        const int FieldsBefore = 19; // between the name, which is in parentheses and may hold anything, and the start time
        string stat = File.ReadAllText("/proc/self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[FieldsBefore], CultureInfo.InvariantCulture);
    }
}

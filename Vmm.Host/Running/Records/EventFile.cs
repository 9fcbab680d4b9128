using System.Text.Json;
using Vmm.Host.Control.Events;
using Vmm.Host.Errors;

namespace Vmm.Host.Running.Records;

/// <summary>The events of a run, one JSON object a line: what a daemon that was away reads, also when the process is gone.</summary>
internal sealed class EventFile : IDisposable
{
    /// <summary>Name of the file.</summary>
    internal const string FileName = "events.jsonl";

    /// <summary>Name of the one before, once the file has reached its bound.</summary>
    internal const string OldFileName = "events.1.jsonl";

    /// <summary>Bound of a file, in bytes.</summary>
    internal const long DefaultBound = 1 << 20;

    private readonly string _folder;
    private readonly long _bound;
    private FileStream _file;

    /// <summary>Begins a file; those of the run before are removed.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    internal EventFile(string folder, long bound = DefaultBound)
    {
        _folder = folder;
        _bound = bound;
        File.Delete(Path.Combine(folder, OldFileName));
        _file = Create();
    }

    /// <summary>Appends an event.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal void Append(Numbered<RunEvent> one)
    {
        if (_file.Position >= _bound)
        {
            _file.Dispose();
            File.Move(Path.Combine(_folder, FileName), Path.Combine(_folder, OldFileName), overwrite: true);
            _file = Create();
        }

        _file.Write(Line(one));
        _file.Flush(); // to the kernel, with one write: a reader sees whole lines
    }

    public void Dispose() => _file.Dispose();

    private static ReadOnlySpan<byte> Line(Numbered<RunEvent> one)
    {
        MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", one.Sequence);
            json.WriteString("at", one.Event.At.UtcDateTime);
            json.WriteString("kind", ApiNames.Of(one.Event.Kind));
            json.WriteString("state", ApiNames.Of(one.Event.State));
            json.WriteString("detail", one.Event.Detail);
            json.WriteNumber("exitCode", one.Event.ExitCode);
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        return line.GetBuffer().AsSpan(0, (int)line.Length);
    }

    private FileStream Create() => OutputFile.Create(Path.Combine(_folder, FileName), "events");
}

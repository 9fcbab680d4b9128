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
    private FileStream? _file;
    private long _length;

    /// <summary>Begins a file; those of the run before are removed.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    internal EventFile(string folder, long bound = DefaultBound)
    {
        _folder = folder;
        _bound = bound;
        _file = Create();
        File.Delete(Path.Combine(folder, OldFileName));
    }

    /// <summary>Appends an event.</summary>
    /// <exception cref="IOException">It cannot be written; nothing of it is in the file.</exception>
    internal void Append(Numbered<RunEvent> one)
    {
        if (_file is not null && _length >= _bound)
        {
            _file.Dispose();
            _file = null;
            File.Move(Path.Combine(_folder, FileName), Path.Combine(_folder, OldFileName), overwrite: true);
        }

        _file ??= Create();
        ReadOnlySpan<byte> line = Line(one);
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, line, _length); // at once: a reader sees whole lines
            _length += line.Length;
        }
        catch (IOException)
        {
            RandomAccess.SetLength(_file.SafeFileHandle, _length);
            throw;
        }
    }

    public void Dispose() => _file?.Dispose();

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

    private FileStream Create()
    {
        FileStream file = OutputFile.Create(Path.Combine(_folder, FileName), "events");
        _length = 0;
        return file;
    }
}

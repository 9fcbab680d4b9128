using Vmm.Host.Consoles;
using Vmm.Host.Control.Events;
using Vmm.Host.Errors;
using Vmm.Host.Running.Records;

namespace Vmm.Host.Running;

/// <summary>
/// What a run keeps in a folder when no terminal is its console: its record, its events, its console. While the disk is full the guest goes on, and what
/// happens to it waits here.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    // A guest that resets itself for ever must not fill the memory: the oldest go, as they do in the files.
    private const int WaitingAtMost = 10_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly Action<string> _say;
    private readonly Action<Numbered<RunEvent>> _late;
    private readonly RunRecord _record;
    private readonly EventFile _events;
    private readonly Queue<Numbered<RunEvent>> _waiting = [];
    private (byte[] Text, bool IsOver)? _unrecorded;
    private Numbered<RunEvent>? _last;
    private ConsoleLog? _console;
    private Timer? _retry;
    private bool _warned;

    /// <summary>Takes a folder.</summary>
    /// <param name="path">The folder, which exists.</param>
    /// <param name="control">Path of the control socket; null for none.</param>
    /// <param name="say">Prints one line for the user.</param>
    /// <param name="late">Told of the last event once all that had to wait is in the folder.</param>
    /// <exception cref="UserErrorException">It cannot be written to.</exception>
    internal RunFolder(string path, string? control, Action<string> say, Action<Numbered<RunEvent>> late)
    {
        _path = path;
        _say = say;
        _late = late;
        _record = new RunRecord(path, control);
        _events = new EventFile(path);
    }

    /// <summary>Logs a console from its first byte on.</summary>
    /// <exception cref="UserErrorException">The log cannot be written.</exception>
    internal ConsoleLog Log(ConsoleHub hub)
    {
        hub.Attach(_console = new ConsoleLog(_path, _say));
        return _console;
    }

    /// <summary>Writes the record.</summary>
    internal void Record(MachineRun run)
    {
        (byte[] Text, bool IsOver) record = (_record.Of(run), run.Exit is not null);
        lock (_gate)
        {
            _unrecorded = record;
            TryWrite();
        }
    }

    /// <summary>Writes an event down.</summary>
    internal void Add(Numbered<RunEvent> one)
    {
        lock (_gate)
        {
            _last = one;
            _waiting.Enqueue(one);
            if (_waiting.Count > WaitingAtMost)
            {
                _waiting.Dequeue();
            }

            TryWrite();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            TryWrite(); // once more, if there is something to write
            _retry?.Dispose();
            _events.Dispose();
        }

        _console?.Dispose();
    }

    /// <summary>Writes what there is to write; what cannot be written waits.</summary>
    /// <returns>Whether all of it is in the folder.</returns>
    private bool TryWrite()
    {
        if (Try(WriteRecord) & Try(WriteEvents)) // a full disk may have room for one of them
        {
            return true;
        }

        _retry ??= new Timer(_ => Retry());
        _retry.Change(RetryAfter, Timeout.InfiniteTimeSpan);
        return false;
    }

    private void Retry()
    {
        Numbered<RunEvent>? told;
        lock (_gate)
        {
            told = TryWrite() ? _last : null;
        }

        if (told is { } last)
        {
            _late(last);
        }
    }

    private void WriteRecord()
    {
        if (_unrecorded is var (text, isOver))
        {
            _record.Write(text, isOver);
            _unrecorded = null;
        }
    }

    private void WriteEvents()
    {
        while (_waiting.TryPeek(out Numbered<RunEvent> one))
        {
            _events.Append(one);
            _waiting.Dequeue();
        }
    }

    private bool Try(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UserErrorException)
        {
            // A full disk above all: the guest is worth more than what is told of it.
            if (!_warned)
            {
                _warned = true;
                _say($"{_path}: {e.Message.TrimEnd('.')}; what happens is written down once that is possible");
            }

            return false;
        }
    }
}

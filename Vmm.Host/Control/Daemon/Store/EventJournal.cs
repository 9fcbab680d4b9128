using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Events;

namespace Vmm.Host.Control.Daemon.Store;

/// <summary>
/// Events of all machines, numbered without gaps, also from one daemon to the next. Watchers are told of an event once it is on the disk, so that no
/// number ever means two things; while the disk is full they wait for it.
/// </summary>
internal sealed partial class EventJournal : IAsyncDisposable
{
    // How many events a watcher can ask for again.
    private const int Kept = 10_000;

    // How many wait for a full disk. Machines make few; a guest that resets itself for ever must not fill the memory.
    private const int WaitingAtMost = 100_000;
    private const long FileSize = 8 << 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<JournalEntry> _unwritten = [];
    private readonly List<Event> _written = [];
    private readonly Dictionary<(string Machine, long Run), ulong> _seen = [];
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LineLog _file;
    private readonly EventLog<Event> _told;
    private readonly Task _writing;
    private ulong _last;
    private bool _failing;

    private EventJournal(string path, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        Queue<Event> past = [];
        _file = LineLog.Open(path, FileSize, line => Restore(line, past), (file, count) => LogDamage(logger, file, count));
        _told = new EventLog<Event>(Kept, _last, past);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Opens the journal in a file.</summary>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static EventJournal Open(string path, TimeProvider clock, ILogger logger) => new(path, clock, logger);

    /// <summary>Adds an event; its number, and its time if it has none, are given here. It survives the end of this process.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="run">Which run of the machine told it; 0 for none.</param>
    /// <param name="source">The event's number there.</param>
    public void Append(Event happened, long run = 0, ulong source = 0)
    {
        happened.At ??= Timestamp.FromDateTimeOffset(_clock.GetUtcNow());
        JournalEntry entry = new() { Event = happened, Run = run, Source = source };
        lock (_gate)
        {
            if (_unwritten.Count >= WaitingAtMost)
            {
                return;
            }

            happened.Sequence = ++_last;
            Note(entry);
            _unwritten.Enqueue(entry);
            WriteWaiting();
        }

        _work.Release();
    }

    /// <summary>Number of the last event of a run that is in the journal.</summary>
    public ulong SeenOf(string machine, long run)
    {
        lock (_gate)
        {
            return _seen.GetValueOrDefault((machine, run));
        }
    }

    /// <summary>Forgets what was seen of a machine's runs.</summary>
    public void Forget(string machine)
    {
        lock (_gate)
        {
            foreach ((string Machine, long Run) key in _seen.Keys.Where(key => key.Machine == machine).ToArray())
            {
                _seen.Remove(key);
            }
        }
    }

    /// <summary>Events after a number, as they are told; without one, those from now on.</summary>
    /// <exception cref="Errors.ControlException">Events are not kept any more, or the number is none of this journal's.</exception>
    public IAsyncEnumerable<Numbered<Event>> WatchAsync(ulong? after, CancellationToken cancellation) => _told.WatchAsync(after, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        _told.Complete();
        _file.Dispose();
        _end.Dispose();
        _work.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}: {Count} damaged lines; watchers may miss events of the past")]
    private static partial void LogDamage(ILogger logger, string file, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "events cannot be written, watchers wait until they can: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);

    private void Restore(string line, Queue<Event> past)
    {
        JournalEntry entry;
        try
        {
            entry = StoredText.Parse<JournalEntry>(line);
        }
        catch (InvalidDataException)
        {
            return;
        }

        if (entry.Event is not { } happened || happened.Sequence <= _last)
        {
            return;
        }

        if (happened.Sequence > _last + 1)
        {
            // Numbers are told without gaps: what lies before a damaged line cannot be told any more.
            past.Clear();
        }

        _last = happened.Sequence;
        Note(entry);
        past.Enqueue(happened);
        if (past.Count > Kept)
        {
            past.Dequeue();
        }
    }

    private void Note(JournalEntry entry)
    {
        if (entry.Run > 0)
        {
            _seen[(entry.Event.Machine, entry.Run)] = Math.Max(entry.Source, _seen.GetValueOrDefault((entry.Event.Machine, entry.Run)));
        }
    }

    private async Task WriteAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                // With a limit: what could not be written is tried again.
                await _work.WaitAsync(RetryAfter, _end.Token);
            }
            catch (OperationCanceledException)
            {
                // Once more, and then no more.
            }

            Commit();
        }
    }

    private void Commit()
    {
        Event[] written;
        lock (_gate)
        {
            WriteWaiting();
            written = [.. _written];
            _written.Clear();
        }

        if (written.Length > 0)
        {
            // Outside of the lock: events come in while the disk works.
            Flush();
            Array.ForEach(written, happened => _told.Append(happened));
        }
    }

    private void WriteWaiting()
    {
        try
        {
            while (_unwritten.TryPeek(out JournalEntry? entry))
            {
                _file.Append(StoredText.Format(entry));
                _written.Add(_unwritten.Dequeue().Event);
            }

            _failing = false;
        }
        catch (IOException e)
        {
            if (!_failing)
            {
                _failing = true;
                LogFailure(_logger, e.Message);
            }
        }
    }

    private void Flush()
    {
        try
        {
            _file.Flush();
        }
        catch (IOException e)
        {
            LogFailure(_logger, e.Message);
        }
        catch (ObjectDisposedException)
        {
            // The file became the old one meanwhile, and was written to the disk for that.
        }
    }
}

using Vmm.Host.Consoles;
using Vmm.Host.Control.Events;
using Vmm.Host.Errors;
using Vmm.Host.Running.Records;

namespace Vmm.Host.Running;

/// <summary>What a run keeps in a folder when no terminal is its console: its record, its events, its console.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly string _path;
    private readonly Action<string> _say;
    private readonly RunRecord _record;
    private readonly EventFile _events;
    private ConsoleLog? _console;
    private bool _warned;

    /// <summary>Takes a folder.</summary>
    /// <param name="path">The folder, which exists.</param>
    /// <param name="control">Path of the control socket; null for none.</param>
    /// <param name="say">Prints one line for the user.</param>
    /// <exception cref="UserErrorException">It cannot be written to.</exception>
    internal RunFolder(string path, string? control, Action<string> say)
    {
        _path = path;
        _say = say;
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
    internal void Record(MachineRun run) => Try(() => _record.Write(run));

    /// <summary>Writes an event down.</summary>
    internal void Add(Numbered<RunEvent> one) => Try(() => _events.Append(one));

    public void Dispose()
    {
        _console?.Dispose();
        _events.Dispose();
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UserErrorException or ObjectDisposedException)
        {
            // A full disk above all: the guest is worth more than what is told of it.
            if (!_warned)
            {
                _warned = true;
                _say($"{_path}: {e.Message}; not all that happens is written down");
            }
        }
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Control.Daemon.Supervision;
using Vmm.Host.Control.Events;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Control.Daemon;

/// <summary>A daemon without its listeners: its machines are processes of a shell script. It can be left as a kill leaves it, and begun again.</summary>
internal sealed class SupervisorBench : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TimeProvider _clock;
    private StateFolder _state = null!;
    private ProcessWatcher _watcher = null!;
    private SparePool _spares = null!;
    private MachineParts _parts = null!;

    public SupervisorBench(TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        Begin();
    }

    public MachineRegistry Machines { get; private set; } = null!;

    public EventJournal Journal { get; private set; } = null!;

    public string StatePath => Path.Combine(_folder.Path, "state");

    public static CreateRequest Definition(string name, string plan, RestartPolicy.Types.Mode restart = default, uint maxRetries = 0) => new()
    {
        Name = name,
        Definition = new Definition { Folder = "/", Options = { ["cmdline"] = plan, ["kernel"] = "/kernel" } },
        Restart = new RestartPolicy { Mode = restart, MaxRetries = maxRetries },
    };

    public string RunFile(string machine, string file) => Path.Combine(StatePath, "machines", machine, "run", file);

    /// <summary>Leaves all as it is, as if the daemon had been killed, and begins another one.</summary>
    public async Task KillAndBeginAsync()
    {
        await EndAsync();
        Begin();
    }

    /// <summary>Takes events until one is as wanted.</summary>
    public async Task<List<Event>> EventsUntilAsync(Func<Event, bool> last, ulong after = 0)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        List<Event> events = [];
        await foreach (Numbered<Event> one in Journal.WatchAsync(after, patience.Token))
        {
            Assert.Equal(one.Sequence, one.Event.Sequence);
            events.Add(one.Event);
            if (last(one.Event))
            {
                break;
            }
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ManagedMachine machine in Machines.All)
        {
            await machine.KillAsync(CancellationToken.None);
        }

        await EndAsync();
        _folder.Dispose();
    }

    public async Task EndAsync()
    {
        _parts.IsEnding = true;
        Machines.Dispose();
        _spares.Dispose();
        await Journal.DisposeAsync();
        _watcher.Dispose();
        _state.Dispose();
    }

    public void Begin()
    {
        _state = StateFolder.Open(StatePath);
        RuntimeFolder runtime = RuntimeFolder.Open(Path.Combine(_folder.Path, "run"), open: false);
        Journal = EventJournal.Open(_state.Journal, _clock, NullLogger.Instance);
        _watcher = new ProcessWatcher();
        VmmProgram program = new("/bin/sh", [Path.Combine(AppContext.BaseDirectory, "stand-in.sh")]);
        _spares = new SparePool(program, runtime, _watcher, wanted: 0, Path.Combine(_folder.Path, "spares"), _clock, NullLogger<SparePool>.Instance);
        Launcher launcher = new(program, runtime, _watcher, _spares);
        _parts = new MachineParts(Journal, launcher, _watcher, runtime, _clock, NullLogger<ManagedMachine>.Instance);
        Machines = new MachineRegistry(_state, _parts);
    }
}

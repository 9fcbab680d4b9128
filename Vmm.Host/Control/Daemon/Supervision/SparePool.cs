using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Spares;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>
/// Processes that have started already and wait for a machine to run: what the runtime and the first use of everything cost is paid before anybody
/// waits. Each holds one end of a socket as its standard input, gets a message there, and ends when the daemon does.
/// </summary>
internal sealed partial class SparePool : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // The machine that was given one is to have the processors for itself.
    private static readonly TimeSpan RefillAfter = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly List<Spare> _spares = [];
    private readonly VmmProgram _program;
    private readonly RuntimeFolder _runtime;
    private readonly ProcessWatcher _watcher;
    private readonly int _wanted;
    private readonly string _output;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private bool _ending;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="program">This program.</param>
    /// <param name="runtime">Sockets.</param>
    /// <param name="watcher">Sees the end of processes.</param>
    /// <param name="wanted">How many spares to keep.</param>
    /// <param name="output">Where a spare prints to until it has work.</param>
    /// <param name="clock">Tells when to try again.</param>
    /// <param name="logger">Is told of spares that end.</param>
    public SparePool(VmmProgram program, RuntimeFolder runtime, ProcessWatcher watcher, int wanted, string output, TimeProvider clock, ILogger<SparePool> logger)
    {
        _program = program;
        _runtime = runtime;
        _watcher = watcher;
        _wanted = wanted;
        _output = output;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>How many spares wait for work now.</summary>
    public int Ready
    {
        get
        {
            lock (_gate)
            {
                return _spares.Count(spare => spare.IsReady);
            }
        }
    }

    /// <summary>Starts as many spares as are missing.</summary>
    public void Fill()
    {
        lock (_gate)
        {
            while (!_ending && _spares.Count < _wanted)
            {
                try
                {
                    _spares.Add(StartOne());
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    LogFailure(_logger, e.Message);
                    FillAfter(RetryAfter);
                    return;
                }
            }
        }
    }

    /// <summary>Gives work to a spare.</summary>
    /// <returns>Its process; null if none is ready.</returns>
    public SupervisedProcess? TryGive(ProcessStart work)
    {
        while (Take() is { } spare)
        {
            FillAfter(RefillAfter);
            if (spare.TryGive(new SpareAssignment(work.Arguments, work.Folder, work.Output, work.Environment).ToMessage()))
            {
                return spare.Process;
            }
        }

        return null;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ending = true;
            _spares.ForEach(spare => spare.Dispose());
            _spares.Clear();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "no spare process can be started: {Reason}")]
    private static partial void LogFailure(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a spare process ended before it had work: {Reason}")]
    private static partial void LogEnd(ILogger logger, string reason);

    private Spare? Take()
    {
        lock (_gate)
        {
            Spare? ready = _spares.Find(spare => spare.IsReady);
            if (ready is not null)
            {
                _spares.Remove(ready);
            }

            return ready;
        }
    }

    private Spare StartOne()
    {
        (Socket ours, Socket theirs) = SocketPair.Create(_runtime.NewSpareSocket());
        using (theirs)
        {
            ProcessStart start = new(_program.Path, [.. _program.Prefix, "run", "--spare"], "/", Launcher.Environment(_runtime), _output)
            {
                Input = (int)theirs.Handle,
            };
            try
            {
                Spare spare = new(ours, _watcher.WatchChild(ProcessSpawner.Start(start)));
                _ = spare.Process.Ended.ContinueWith(end => Ended(spare, end.Result), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return spare;
            }
            catch
            {
                ours.Dispose();
                throw;
            }
        }
    }

    private void Ended(Spare spare, ProcessEnd end)
    {
        lock (_gate)
        {
            if (!_spares.Remove(spare))
            {
                return;
            }
        }

        spare.Dispose();
        LogEnd(_logger, end.Reason);

        // Not at once: one that cannot live must not keep the host busy.
        FillAfter(RetryAfter);
    }

    private void FillAfter(TimeSpan delay) => _ = Task.Delay(delay, _clock).ContinueWith(_ => Fill(), TaskScheduler.Default);
}

using Vmm.Core.Machine;
using Vmm.Host.Configuration;
using Vmm.Host.Control.Errors;
using Vmm.Host.Control.Events;
using Vmm.Host.Errors;

namespace Vmm.Host.Running;

/// <summary>
/// One run of a machine, from its first life to its last: the only one who knows what state it is in, and who changes that. The thread that calls
/// <see cref="Live"/> sees it through; every other thread may look, and steer.
/// </summary>
/// <param name="config">The machine.</param>
/// <param name="say">Prints one line for the user.</param>
/// <param name="time">Clock of events.</param>
internal sealed class MachineRun(MachineConfig config, Action<string> say, TimeProvider time) : IDisposable
{
    /// <summary>How many events are kept for watchers that come back.</summary>
    internal const int KeptEvents = 256;

    private readonly Lock _gate = new(); // guards the fields below; held for moments only
    private readonly SemaphoreSlim _steering = new(1); // one change from outside at a time; held while a vCPU is waited for
    private readonly Lock _use = new(); // held while a life's parts are in use from outside: they are not taken apart meanwhile
    private readonly TaskCompletionSource<RunExit> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MachineLife? _life;
    private MachineOutcome? _resetAsked;
    private (int Code, string Reason)? _endAsked;

    /// <summary>The machine.</summary>
    internal MachineConfig Config { get; } = config;

    /// <summary>What has happened.</summary>
    internal EventLog<RunEvent> Events { get; } = new(KeptEvents);

    /// <summary>Called with each event, in their order and one at a time; must be quick, and not throw.</summary>
    internal Action<Numbered<RunEvent>>? Happened { get; set; }

    /// <summary>When it began.</summary>
    internal DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>Completes when it is over.</summary>
    internal Task<RunExit> Ended => _ended.Task;

    /// <summary>Where it is.</summary>
    internal RunState State { get; private set; } = RunState.Created;

    /// <summary>How many lives have been followed by another.</summary>
    internal int Resets { get; private set; }

    /// <summary>The exit code that someone asked for by ending the run; null when nobody did.</summary>
    internal int? EndAsked
    {
        get
        {
            lock (_gate)
            {
                return _endAsked?.Code;
            }
        }
    }

    /// <summary>The life that is on, or null between two.</summary>
    internal MachineLife? Life
    {
        get
        {
            lock (_gate)
            {
                return _life;
            }
        }
    }

    /// <summary>How it ended; null before.</summary>
    internal RunExit? Exit { get; private set; }

    /// <summary>Runs the machine on this thread until it is over.</summary>
    /// <param name="createLife">Makes a life: a scope of services.</param>
    /// <param name="hooks">What else is to happen.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="Exception">It cannot be built, or the host failed: then <see cref="Fail"/> is to follow.</exception>
    internal int Live(Func<MachineLife> createLife, IRunHooks hooks)
    {
        while (true)
        {
            MachineOutcome outcome = LiveOnce(createLife(), hooks);
            if (Follow(outcome) is { } code)
            {
                End(code, _endAsked?.Reason ?? outcome.Message, hooks);
                return code;
            }

            Change(() =>
            {
                Resets++;
                return (RunState.Resetting, RunEventKind.Reset, outcome.Message);
            });
        }
    }

    /// <summary>Ends the run because it cannot be built, or because the host failed.</summary>
    internal void Fail(Exception reason, IRunHooks hooks)
    {
        if (State != RunState.Ended)
        {
            (ExitCode code, IReadOnlyList<string> lines) = ErrorReport.Describe(reason);
            End((int)code, string.Join("; ", lines), hooks);
        }
    }

    /// <summary>Parks the guest; returns when it stands still. Does nothing to a paused one.</summary>
    /// <exception cref="ControlException">The run is over, or ends now.</exception>
    internal Task PauseAsync(CancellationToken cancellation) => SteerAsync(
        async life =>
        {
            if (State == RunState.Running)
            {
                await HaltAsync(life);
                ChangeOf(life, RunState.Paused, RunEventKind.Paused);
            }
        },
        cancellation);

    /// <summary>Lets a paused guest go on. Does nothing to a running one.</summary>
    /// <exception cref="ControlException">The run is over, or ends now.</exception>
    internal Task ResumeAsync(CancellationToken cancellation) => SteerAsync(
        life =>
        {
            if (State == RunState.Paused)
            {
                ChangeOf(life, RunState.Running, RunEventKind.Resumed);
                life.Resume();
            }

            return Task.CompletedTask;
        },
        cancellation);

    /// <summary>Begins the guest anew; returns when its next life runs.</summary>
    /// <exception cref="ControlException">The run is over, or ends now.</exception>
    internal Task ResetAsync(CancellationToken cancellation) => SteerAsync(
        async life =>
        {
            MachineOutcome reset = new(MachineOutcomeKind.Reset, "reset by the user");
            lock (_gate)
            {
                _resetAsked = reset;
            }

            life.Lifecycle.End(reset);
            await UntilAsync(() => State == RunState.Ended || (_life is not null && _life != life && State == RunState.Running), cancellation);
            ThrowIfEnded();
        },
        cancellation);

    /// <summary>Changes something in the machine while its guest stands still.</summary>
    /// <param name="change">Gets the services of the life that is on.</param>
    /// <param name="cancellation">Ends the waiting for a life.</param>
    /// <exception cref="ControlException">The run is over, or the guest was reset meanwhile.</exception>
    internal Task ChangeAsync(Action<IServiceProvider> change, CancellationToken cancellation) => SteerAsync(
        async life =>
        {
            bool wasRunning = State == RunState.Running;
            if (wasRunning)
            {
                await HaltAsync(life);
            }

            try
            {
                if (!TryUse(life, change))
                {
                    throw new ControlException(ControlReason.WrongState, "the guest ended or began anew just now; nothing was changed");
                }
            }
            finally
            {
                if (wasRunning)
                {
                    life.Resume();
                }
            }
        },
        cancellation);

    /// <summary>Does something with the parts of the machine while its guest may run, waiting while a life is being built.</summary>
    /// <exception cref="ControlException">The run is over, or the guest was reset meanwhile.</exception>
    internal Task UseAsync(Action<IServiceProvider> use, CancellationToken cancellation) => SteerAsync(
        life => TryUse(life, use) ? Task.CompletedTask : throw new ControlException(ControlReason.WrongState, "the guest ended or began anew just now"),
        cancellation);

    /// <summary>Looks at the parts of the life that is on; they are not taken apart meanwhile.</summary>
    /// <returns>False when none is on.</returns>
    internal bool TryUse(Action<IServiceProvider> use) => State is RunState.Running or RunState.Paused && Life is { } life && TryUse(life, use);

    /// <summary>Ends the run; does nothing to one that is over. The first call decides on code and reason.</summary>
    /// <returns>Whether this was the first call.</returns>
    internal bool RequestEnd(ExitCode code, string reason)
    {
        lock (_gate)
        {
            bool first = _endAsked is null;
            _endAsked ??= ((int)code, reason);
            _life?.Lifecycle.End(Stopped);
            return first;
        }
    }

    /// <summary>Tells watchers of something that changes no state.</summary>
    internal void Tell(RunEventKind kind, string detail) => Change(() => (State, kind, detail));

    public void Dispose() => _steering.Dispose();

    private static readonly MachineOutcome Stopped = new(MachineOutcomeKind.Stopped, "stopped by the user");

    private static ControlException Over() => new(ControlReason.WrongState, "the run is over");

    private static async Task HaltAsync(MachineLife life)
    {
        try
        {
            await Task.Run(life.Pause, CancellationToken.None);
        }
        catch (TimeoutException e)
        {
            life.Resume();
            throw new ControlException(ControlReason.NotNow, $"{e.Message}; the guest goes on");
        }
    }

    private bool TryUse(MachineLife life, Action<IServiceProvider> use)
    {
        lock (_use)
        {
            if (Life != life)
            {
                return false;
            }

            use(life.Services);
            return true;
        }
    }

    private async Task SteerAsync(Func<MachineLife, Task> steer, CancellationToken cancellation)
    {
        await _steering.WaitAsync(cancellation);
        try
        {
            await UntilAsync(() => State is RunState.Running or RunState.Paused or RunState.Ended, cancellation);
            await steer(Life ?? throw Over());
        }
        finally
        {
            _steering.Release();
        }
    }

    private MachineOutcome LiveOnce(MachineLife life, IRunHooks hooks)
    {
        try
        {
            lock (_gate)
            {
                _life = life;
                if (_endAsked is not null)
                {
                    life.Lifecycle.End(Stopped);
                }
            }

            MachineOutcome outcome = life.Run(MachineLife.OutputPatience, () => hooks.Starting(life), () =>
            {
                Change(() => (RunState.Running, RunEventKind.Running, ""));
                hooks.Started();
            });
            hooks.LifeEnded();
            return outcome;
        }
        finally
        {
            lock (_use)
            {
                lock (_gate)
                {
                    _life = null;
                }
            }

            life.DisposeAsync().AsTask().GetAwaiter().GetResult();
            hooks.LifeGone();
        }
    }

    private int? Follow(MachineOutcome outcome)
    {
        lock (_gate)
        {
            if (_endAsked is { } asked)
            {
                return asked.Code;
            }

            if (ReferenceEquals(outcome, _resetAsked))
            {
                return null;
            }
        }

        return Outcomes.Follow(outcome, Config, say);
    }

    private void End(int code, string reason, IRunHooks hooks)
    {
        RunExit exit = new(code, reason, time.GetUtcNow());
        Exit = exit;
        hooks.Ended(); // before anyone hears of it
        lock (_gate)
        {
            State = RunState.Ended;
            Tell(new RunEvent(exit.At, RunEventKind.Ended, State, reason, code));
        }

        Events.Complete();
        _ended.SetResult(exit);
    }

    /// <summary>Changes the state, unless the life has ended meanwhile: then what follows its end decides.</summary>
    private void ChangeOf(MachineLife life, RunState state, RunEventKind kind)
    {
        lock (_gate)
        {
            if (_life == life && !life.Lifecycle.Ended.IsCompleted)
            {
                Change(() => (state, kind, ""));
            }
        }
    }

    private void Change(Func<(RunState State, RunEventKind Kind, string Detail)> change)
    {
        lock (_gate)
        {
            (State, RunEventKind kind, string detail) = change();
            Tell(new RunEvent(time.GetUtcNow(), kind, State, detail));
        }
    }

    private void Tell(RunEvent happened)
    {
        Happened?.Invoke(new Numbered<RunEvent>(Events.Append(happened), happened));
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task UntilAsync(Func<bool> condition, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition())
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    private void ThrowIfEnded()
    {
        if (State == RunState.Ended)
        {
            throw Over();
        }
    }
}

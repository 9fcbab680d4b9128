using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Control.Errors;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>
/// One machine of the daemon: what it is, where it is in its life, and the process that runs it. What its process tells is taken over from the
/// report that the process keeps; nothing here needs a connection to it.
/// </summary>
internal sealed partial class ManagedMachine
{
    // A guest that hangs does not end by SIGTERM.
    private static readonly TimeSpan TermPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly MachineFolder _folder;
    private readonly MachineParts _parts;
    private readonly StoredDefinition _definition;
    private readonly StoredState _state;
    private readonly string _problem;
    private MachineRun? _run;
    private ITimer? _restart;
    private (DateTime, DateTime) _reportTime;
    private bool _deleted;

    private ManagedMachine(MachineFolder folder, MachineParts parts, StoredDefinition definition, StoredState state, string problem)
    {
        _folder = folder;
        _parts = parts;
        _definition = definition;
        _state = state;
        _problem = problem;
    }

    /// <summary>Its name.</summary>
    public string Name => _definition.Name;

    /// <summary>Id of the call that created it.</summary>
    public string CreatedBy => _definition.RequestId;

    /// <summary>Folder of its current or last run.</summary>
    public string RunFolder => _folder.Run;

    /// <summary>Makes a new one, on disk and here.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static ManagedMachine Create(MachineFolder folder, MachineParts parts, StoredDefinition definition)
    {
        StoredState state = new() { State = State.Created };
        folder.Create(definition, state);
        ManagedMachine machine = new(folder, parts, definition, state, problem: "");
        machine.Tell(Kind.Created, "");
        return machine;
    }

    /// <summary>Loads one from disk, and finds its process again. What cannot be read is in <see cref="State.Broken"/>.</summary>
    public static ManagedMachine Load(MachineFolder folder, MachineParts parts)
    {
        try
        {
            ManagedMachine machine = new(folder, parts, folder.LoadDefinition(), folder.LoadState(), problem: "");
            machine.Recover();
            return machine;
        }
        catch (InvalidDataException e)
        {
            ManagedMachine broken = new(folder, parts, new StoredDefinition { Name = folder.Name }, new StoredState { State = State.Broken }, e.Message);
            LogBroken(parts.Logger, folder.Name, e.Message);
            broken.Tell(Kind.Broken, e.Message);
            return broken;
        }
    }

    /// <summary>The machine as it is now.</summary>
    public Api.Machine Describe()
    {
        lock (_gate)
        {
            return new Api.Machine
            {
                Name = Name,
                State = _state.State,
                Pid = _run?.Process.Identity.Pid ?? 0,
                Runs = _state.Runs,
                Resets = _state.Resets,
                CreatedAt = _definition.CreatedAt,
                StartedAt = _state.StartedAt,
                Exit = _state.Exit?.Clone(),
                Definition = _definition.Definition,
                Restart = _definition.Restart,
                Problem = _problem,
            };
        }
    }

    /// <summary>The current run; null if none is on.</summary>
    public MachineRun? CurrentRun
    {
        get
        {
            lock (_gate)
            {
                return _run;
            }
        }
    }

    /// <summary>Starts it, unless it runs, and waits until the guest does.</summary>
    /// <exception cref="ControlException">It cannot be started, or the run ended before the guest ran.</exception>
    public async Task<Api.Machine> StartAsync(CancellationToken cancellation)
    {
        MachineRun run;
        lock (_gate)
        {
            RefuseBroken();
            run = _run ?? Begin(byPolicy: false);
        }

        while (!run.Running.IsCompleted)
        {
            // Notices wake it; one that got lost costs this long.
            await Task.WhenAny(run.Running, Task.Delay(LookAgainAfter, cancellation));
            cancellation.ThrowIfCancellationRequested();
            RefreshIfChanged();
        }

        bool ran = await run.Running;
        Api.Machine now = Describe();
        return ran ? now : throw new ControlException(ControlReason.RunFailed, now.Exit?.Reason ?? "the run ended before the guest ran");
    }

    /// <summary>Ends the current run at once, and waits for that; a machine that waits for its next start is not started.</summary>
    public async Task<Api.Machine> KillAsync(CancellationToken cancellation)
    {
        if (WantEnd() is { } run)
        {
            run.Process.Signal(ProcessCalls.SIGTERM);
            try
            {
                await run.Ended.WaitAsync(TermPatience, _parts.Clock, cancellation);
            }
            catch (TimeoutException)
            {
                run.Process.Signal(ProcessCalls.SIGKILL);
                await run.Ended.WaitAsync(cancellation);
            }
        }

        return Describe();
    }

    /// <summary>Notes that somebody wants the end: what ends now is not started again.</summary>
    /// <returns>The run that has to end; null if none is on.</returns>
    public MachineRun? WantEnd()
    {
        lock (_gate)
        {
            if (_run is not null)
            {
                _state.EndWanted = true;
                TrySave();
            }
            else if (_state.State == State.Restarting)
            {
                CancelRestart();
                _state.State = State.Ended;
                TrySave();
                Tell(Kind.Ended, "not started again: its end was asked for", _state.Exit?.Code ?? 0);
            }

            return _run;
        }
    }

    /// <summary>Takes <see cref="WantEnd"/> back: the guest goes on.</summary>
    public void UnwantEnd()
    {
        lock (_gate)
        {
            _state.EndWanted = false;
            TrySave();
        }
    }

    /// <summary>Removes what is kept of it. Its run must have ended.</summary>
    /// <exception cref="ControlException">It runs.</exception>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Delete(string rubbish)
    {
        lock (_gate)
        {
            if (_run is not null || (_state.State == State.Broken && LiveStranger() is not null))
            {
                throw new ControlException(ControlReason.WrongState, $"machine \"{Name}\" runs; stop it first, or say to kill it");
            }

            CancelRestart();
            _folder.Remove(rubbish);
            _parts.Runtime.Remove(Name);
            _deleted = true;
            _parts.Journal.Append(new Event { Machine = Name, Kind = Kind.Deleted });
            _parts.Journal.Forget(Name);
        }
    }

    /// <summary>Kills the process of a machine whose files are broken, if its report still says which it is.</summary>
    public void KillStranger() => LiveStranger()?.Signal(ProcessCalls.SIGKILL);

    /// <summary>Takes over what its process has told since the last time.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            if (_run is not null)
            {
                TakeOver(RunReport.Read(RunFolder));
            }
            else if (_state.State is not State.Broken && !_deleted)
            {
                AdoptStranger();
            }
        }
    }

    /// <summary>The same, if its process has written since the last time that this was called.</summary>
    public void RefreshIfChanged()
    {
        (DateTime, DateTime) written = RunReport.TimeOf(RunFolder);
        if (written != _reportTime)
        {
            _reportTime = written;
            Refresh();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "machine {Name} is broken: {Problem}")]
    private static partial void LogBroken(ILogger logger, string name, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "the state of machine {Name} cannot be written: {Reason}")]
    private static partial void LogUnsaved(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "machine {Name}: {What}")]
    private static partial void LogChange(ILogger logger, string name, string what);

    private void RefuseBroken()
    {
        if (_deleted)
        {
            throw new ControlException(ControlReason.NoSuchMachine, $"there is no machine \"{Name}\"");
        }

        if (_state.State == State.Broken)
        {
            throw new ControlException(ControlReason.WrongState, $"machine \"{Name}\" is broken and can only be deleted: {_problem}");
        }
    }

    // A process that crashed between being started and being written down here, or one that a daemon before this one started in its last moment.
    private SupervisedProcess? LiveStranger() => RunReport.Read(RunFolder) is { Exit: null } report ? _parts.Watcher.Watch(report.Process) : null;

    private void AdoptStranger()
    {
        if (LiveStranger() is { } process)
        {
            CancelRestart();
            _state.Runs++;
            Follow(process, byPolicy: false);
            TakeOver(RunReport.Read(RunFolder));
        }
    }

    private MachineRun Begin(bool byPolicy)
    {
        CancelRestart();
        SupervisedProcess process;
        try
        {
            _folder.PrepareRun();
            process = _parts.Launcher.Launch(_definition, _folder);
        }
        catch (IOException e)
        {
            throw DurableFile.IsNoRoom(e)
                ? new ControlException(ControlReason.NoRoom, $"machine \"{Name}\" cannot be started: {e.Message}")
                : new ControlException(ControlReason.RunFailed, $"machine \"{Name}\" cannot be started: {e.Message}");
        }

        _state.Runs++;
        _state.StartedAt = Timestamp.FromDateTimeOffset(_parts.Clock.GetUtcNow());
        MachineRun run = Follow(process, byPolicy);
        Tell(Kind.Starting, "");

        // After the process: the guest does not wait for this. A daemon that ends in between finds the process by its report.
        TrySave();
        return run;
    }

    private MachineRun Follow(SupervisedProcess process, bool byPolicy)
    {
        MachineRun run = new(_state.Runs, process, byPolicy, _parts.Runtime.Control(Name));
        _state.State = State.Starting;
        _state.Pid = process.Identity.Pid;
        _state.ProcessStart = process.Identity.Start;
        _state.Resets = 0;
        _state.EventsSeen = 0;
        _state.EndWanted = false;
        _state.GuestRan = false;
        _state.RestartAt = null;
        Attach(run);
        return run;
    }

    private void Attach(MachineRun run)
    {
        _run = run;
        _ = run.Process.Ended.ContinueWith(end => End(run, end.Result), CancellationToken.None, TaskContinuationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);
    }

    private void TakeOver(RunReport? report)
    {
        if (report is null || _run is not { } run || report.Process.Pid != run.Process.Identity.Pid)
        {
            return;
        }

        ulong seen = Math.Max(_state.EventsSeen, _parts.Journal.SeenOf(Name, run.Number));
        State before = _state.State;
        _state.Resets = report.Resets;
        foreach (Event told in report.Events.Where(told => told.Sequence > seen))
        {
            ulong source = told.Sequence;
            told.Machine = Name;
            _parts.Journal.Append(told, run.Number, source);
            _state.EventsSeen = source;
            LogChange(_parts.Logger, Name, $"{told.Kind} {told.Detail}");
        }

        // The end is the kernel's to tell.
        if (report.Events.LastOrDefault(told => told.State is State.Running or State.Paused) is { } last)
        {
            _state.State = last.State;
            _state.GuestRan = true;
            run.GuestRuns();
        }

        if (_state.State != before)
        {
            TrySave();
        }
    }

    private void End(MachineRun run, ProcessEnd end)
    {
        lock (_gate)
        {
            RunReport? report = RunReport.Read(RunFolder);
            TakeOver(report);
            bool isToldAlready = report?.Exit is not null && report.Events.Any(told => told.Kind == Kind.Ended);
            _state.Exit = report?.Exit ?? new Exit { Code = end.ExitCode, Reason = ReasonOf(end), At = Timestamp.FromDateTimeOffset(_parts.Clock.GetUtcNow()) };
            _state.EndWanted |= report?.IsEndAsked == true;
            _state.State = State.Ended;
            _state.Pid = 0;
            _state.ProcessStart = 0;
            _run = null;
            bool lasted = _state.GuestRan && _state.StartedAt is { } start && _parts.Clock.GetUtcNow() - start.ToDateTimeOffset() >= RestartBackoff.LongEnough;
            _state.ShortRuns = lasted ? 0 : _state.ShortRuns + 1;
            if (!isToldAlready)
            {
                Tell(Kind.Ended, _state.Exit.Reason, _state.Exit.Code);
            }

            if (_state.GuestRan || run.ByPolicy)
            {
                ConsiderRestart();
            }

            TrySave();
        }

        run.HasEnded();
    }

    // What it printed last says more than a number.
    private string ReasonOf(ProcessEnd end)
    {
        if (end.Code is null)
        {
            return end.Reason;
        }

        try
        {
            const string Prefix = "vmm: ";
            string? last = File.ReadLines(System.IO.Path.Combine(RunFolder, Launcher.OutputFile)).LastOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal));
            return last is null ? end.Reason : last[Prefix.Length..];
        }
        catch (IOException)
        {
            return end.Reason;
        }
    }

    private void ConsiderRestart()
    {
        if (_state.EndWanted || RestartBackoff.DelayAfter(_definition.Restart, _state.Exit.Code, _state.ShortRuns) is not { } delay)
        {
            return;
        }

        _state.State = State.Restarting;
        _state.RestartAt = Timestamp.FromDateTimeOffset(_parts.Clock.GetUtcNow() + delay);
        Tell(Kind.Restarting, $"in {delay.TotalSeconds:0} s");
        RestartIn(delay);
    }

    private void RestartIn(TimeSpan delay) =>
        _restart = _parts.Clock.CreateTimer(_ => Restart(), state: null, delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

    private void Restart()
    {
        lock (_gate)
        {
            if (_state.State != State.Restarting || _restart is null || _parts.IsEnding)
            {
                return;
            }

            try
            {
                Begin(byPolicy: true);
            }
            catch (ControlException e)
            {
                _state.ShortRuns++;
                _state.State = State.Ended;
                _state.Exit = new Exit { Code = (int)Host.Errors.ExitCode.OperatingSystem, Reason = e.Message, At = Timestamp.FromDateTimeOffset(_parts.Clock.GetUtcNow()) };
                Tell(Kind.Ended, e.Message, _state.Exit.Code);
                ConsiderRestart();
                TrySave();
            }
        }
    }

    private void CancelRestart()
    {
        _restart?.Dispose();
        _restart = null;
    }

    private void Recover()
    {
        lock (_gate)
        {
            switch (_state.State)
            {
                case State.Starting or State.Running or State.Paused:
                    ProcessIdentity identity = RunReport.Read(RunFolder)?.Process ?? new ProcessIdentity(_state.Pid, _state.ProcessStart);
                    if (_parts.Watcher.Watch(identity) is { } process)
                    {
                        Attach(new MachineRun(_state.Runs, process, byPolicy: false, _parts.Runtime.Control(Name)));
                        TakeOver(RunReport.Read(RunFolder));
                        LogChange(_parts.Logger, Name, $"found again, process {process.Identity.Pid}");
                    }
                    else
                    {
                        MachineRun gone = new(_state.Runs, SupervisedProcess.Gone(identity), byPolicy: false, _parts.Runtime.Control(Name));
                        _run = gone;
                        End(gone, ProcessEnd.Unknown);
                    }

                    break;
                case State.Restarting:
                    RestartIn(_state.RestartAt.ToDateTimeOffset() - _parts.Clock.GetUtcNow());
                    break;
                default:
                    AdoptStranger();
                    break;
            }
        }
    }

    private void Tell(Kind kind, string detail, int exitCode = 0)
    {
        _parts.Journal.Append(new Event { Machine = Name, Kind = kind, State = _state.State, Detail = detail, ExitCode = exitCode });
        LogChange(_parts.Logger, Name, $"{kind} {detail}");
    }

    private void TrySave()
    {
        try
        {
            _folder.Save(_state);
        }
        catch (IOException e)
        {
            LogUnsaved(_parts.Logger, Name, e.Message);
        }
    }
}

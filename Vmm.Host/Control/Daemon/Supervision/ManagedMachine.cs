using Google.Protobuf.WellKnownTypes;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Control.Errors;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>
/// One machine of the daemon: what is on record of it, and the process that runs it. What its process tells is taken over from the report that the
/// process keeps; nothing here needs a connection to it.
/// </summary>
internal sealed class ManagedMachine
{
    // A guest that hangs does not end by SIGTERM.
    private static readonly TimeSpan TermPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly MachineFolder _folder;
    private readonly MachineParts _parts;
    private readonly MachineRecord _record;
    private readonly MachineRestarts _restarts;
    private MachineRun? _run;
    private (DateTime, DateTime) _reportTime;
    private bool _deleted;

    private ManagedMachine(MachineFolder folder, MachineParts parts, MachineRecord record)
    {
        _folder = folder;
        _parts = parts;
        _record = record;
        _restarts = new MachineRestarts(record, parts.Clock, Restart);
    }

    /// <summary>Its name.</summary>
    public string Name => _record.Definition.Name;

    /// <summary>Id of the call that created it.</summary>
    public string CreatedBy => _record.Definition.RequestId;

    /// <summary>Folder of its current or last run.</summary>
    public string RunFolder => _folder.Run;

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

    /// <summary>Makes a new one, on disk and here.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static ManagedMachine Create(MachineFolder folder, MachineParts parts, StoredDefinition definition) =>
        new(folder, parts, MachineRecord.Create(folder, parts, definition));

    /// <summary>Loads one from disk, and finds its process again. What cannot be read is in <see cref="State.Broken"/>.</summary>
    public static ManagedMachine Load(MachineFolder folder, MachineParts parts)
    {
        ManagedMachine machine = new(folder, parts, MachineRecord.Load(folder, parts));
        machine.Recover();
        return machine;
    }

    /// <summary>The machine as it is now.</summary>
    public Api.Machine Describe()
    {
        lock (_gate)
        {
            return _record.Describe(_run?.Process.Identity.Pid ?? 0);
        }
    }

    /// <summary>Starts it, unless it runs, and waits until the guest does.</summary>
    /// <exception cref="ControlException">It cannot be started, or the run ended before the guest ran.</exception>
    public async Task<Api.Machine> StartAsync(CancellationToken cancellation)
    {
        MachineRun run;
        lock (_gate)
        {
            RefuseUnusable();
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
                _record.State.EndWanted = true;
                _record.TrySave();
            }
            else if (_record.State.State == State.Restarting)
            {
                _restarts.Cancel();
                _record.State.State = State.Ended;
                _record.TrySave();
                _record.Tell(Kind.Ended, "not started again: its end was asked for", _record.State.Exit?.Code ?? 0);
            }

            return _run;
        }
    }

    /// <summary>Takes <see cref="WantEnd"/> back: the guest goes on.</summary>
    public void UnwantEnd()
    {
        lock (_gate)
        {
            _record.State.EndWanted = false;
            _record.TrySave();
        }
    }

    /// <summary>Removes what is kept of it. Its run must have ended.</summary>
    /// <exception cref="ControlException">It runs.</exception>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Delete(string rubbish)
    {
        lock (_gate)
        {
            if (_run is not null || (_record.IsBroken && LiveStranger() is not null))
            {
                throw new ControlException(ControlReason.WrongState, $"machine \"{Name}\" runs; stop it first, or say to kill it");
            }

            _restarts.Cancel();
            _record.Delete(rubbish);
            _parts.Runtime.Remove(Name);
            _deleted = true;
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
            else if (!_record.IsBroken && !_deleted)
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

    private void RefuseUnusable()
    {
        if (_deleted)
        {
            throw new ControlException(ControlReason.NoSuchMachine, $"there is no machine \"{Name}\"");
        }

        if (_record.IsBroken)
        {
            throw new ControlException(ControlReason.WrongState, $"machine \"{Name}\" is broken and can only be deleted: {_record.Problem}");
        }
    }

    // A process that crashed between being started and being written down here, or one that a daemon before this one started in its last moment.
    private SupervisedProcess? LiveStranger() => RunReport.Read(RunFolder) is { Exit: null } report ? _parts.Watcher.Watch(report.Process) : null;

    private void AdoptStranger()
    {
        if (LiveStranger() is { } process)
        {
            _restarts.Cancel();
            Follow(process, byPolicy: false);
            TakeOver(RunReport.Read(RunFolder));
        }
    }

    private MachineRun Begin(bool byPolicy)
    {
        _restarts.Cancel();
        SupervisedProcess process;
        try
        {
            _folder.PrepareRun();
            process = _parts.Launcher.Launch(_record.Definition, _folder);
        }
        catch (IOException e)
        {
            throw new ControlException(DurableFile.IsNoRoom(e) ? ControlReason.NoRoom : ControlReason.RunFailed, $"machine \"{Name}\" cannot be started: {e.Message}");
        }

        _record.State.StartedAt = Timestamp.FromDateTimeOffset(_parts.Clock.GetUtcNow());
        MachineRun run = Follow(process, byPolicy);
        _record.Tell(Kind.Starting, "");

        // After the process: the guest does not wait for this. A daemon that ends in between finds the process by its report.
        _record.TrySave();
        return run;
    }

    private MachineRun Follow(SupervisedProcess process, bool byPolicy)
    {
        _record.Begin(process.Identity);
        return Attach(process, byPolicy);
    }

    private MachineRun Attach(SupervisedProcess process, bool byPolicy)
    {
        MachineRun run = new(process, byPolicy, _parts.Runtime.Control(Name));
        _run = run;
        _ = process.Ended.ContinueWith(end => End(run, end.Result), CancellationToken.None, TaskContinuationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);
        return run;
    }

    private void TakeOver(RunReport? report)
    {
        if (report is not null && _run is { } run && report.Process.Pid == run.Process.Identity.Pid && _record.TakeOver(report))
        {
            run.GuestRuns();
        }
    }

    private void End(MachineRun run, ProcessEnd end)
    {
        lock (_gate)
        {
            RunReport? report = RunReport.Read(RunFolder);
            TakeOver(report);
            _run = null;
            _record.End(report, end);
            if (_record.State.GuestRan || run.ByPolicy)
            {
                _restarts.Consider();
            }

            _record.TrySave();
        }

        run.HasEnded();
    }

    private void Restart()
    {
        lock (_gate)
        {
            if (!_restarts.IsWaiting || _parts.IsEnding)
            {
                return;
            }

            try
            {
                Begin(byPolicy: true);
            }
            catch (ControlException e)
            {
                _record.FailToBegin(e.Message);
                _restarts.Consider();
                _record.TrySave();
            }
        }
    }

    private void Recover()
    {
        lock (_gate)
        {
            switch (_record.State.State)
            {
                case State.Broken:
                    break;
                case State.Starting or State.Running or State.Paused:
                    ProcessIdentity identity = RunReport.Read(RunFolder)?.Process ?? new ProcessIdentity(_record.State.Pid, _record.State.ProcessStart);
                    if (_parts.Watcher.Watch(identity) is { } process)
                    {
                        Attach(process, byPolicy: false);
                        TakeOver(RunReport.Read(RunFolder));
                        _record.Log($"found again, process {process.Identity.Pid}");
                    }
                    else
                    {
                        _run = new MachineRun(SupervisedProcess.Gone(identity), byPolicy: false, _parts.Runtime.Control(Name));
                        End(_run, ProcessEnd.Unknown);
                    }

                    break;
                case State.Restarting:
                    _restarts.GoOn();
                    break;
                default:
                    AdoptStranger();
                    break;
            }
        }
    }
}

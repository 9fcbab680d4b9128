using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Daemon.Store;
using Vmm.Host.Errors;
using static Vmm.Host.Control.Api.Event.Types;

namespace Vmm.Host.Control.Daemon.Supervision;

/// <summary>
/// What is on record of one machine: its definition and where it is in its life, on disk; what happened to it, in the journal. The lock of the
/// machine is over it.
/// </summary>
internal sealed partial class MachineRecord
{
    private readonly MachineFolder _folder;
    private readonly MachineParts _parts;

    private MachineRecord(MachineFolder folder, MachineParts parts, StoredDefinition definition, StoredState state)
    {
        _folder = folder;
        _parts = parts;
        Definition = definition;
        State = state;
    }

    /// <summary>What the machine is.</summary>
    public StoredDefinition Definition { get; }

    /// <summary>Where it is in its life.</summary>
    public StoredState State { get; }

    /// <summary>What is wrong with its files; empty if they can be read.</summary>
    public string Problem { get; private init; } = "";

    /// <summary>Whether its files cannot be read.</summary>
    public bool IsBroken => State.State == Api.State.Broken;

    /// <summary>Puts a new machine on record.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static MachineRecord Create(MachineFolder folder, MachineParts parts, StoredDefinition definition)
    {
        MachineRecord record = new(folder, parts, definition, new StoredState { State = Api.State.Created });
        folder.Create(definition, record.State);
        record.Tell(Kind.Created, "");
        return record;
    }

    /// <summary>Reads a machine's record. One that cannot be read is <see cref="IsBroken"/>, and that is told.</summary>
    public static MachineRecord Load(MachineFolder folder, MachineParts parts)
    {
        try
        {
            return new MachineRecord(folder, parts, folder.LoadDefinition(), folder.LoadState());
        }
        catch (InvalidDataException e)
        {
            StoredDefinition nothing = new() { Name = folder.Name };
            MachineRecord broken = new(folder, parts, nothing, new StoredState { State = Api.State.Broken }) { Problem = e.Message };
            LogBroken(parts.Logger, folder.Name, e.Message);
            broken.Tell(Kind.Broken, e.Message);
            return broken;
        }
    }

    /// <summary>What the API says of it.</summary>
    /// <param name="pid">The process of the current run; 0 if none is on.</param>
    public Api.Machine Describe(int pid) => new()
    {
        Name = Definition.Name,
        State = State.State,
        Pid = pid,
        Runs = State.Runs,
        Resets = State.Resets,
        CreatedAt = Definition.CreatedAt,
        StartedAt = State.StartedAt,
        Exit = State.Exit?.Clone(),
        Definition = Definition.Definition,
        Restart = Definition.Restart,
        Problem = Problem,
    };

    /// <summary>A run begins.</summary>
    /// <param name="process">Its process.</param>
    public void Begin(ProcessIdentity process)
    {
        State.State = Api.State.Starting;
        State.Runs++;
        State.Pid = process.Pid;
        State.ProcessStart = process.Start;
        State.Resets = 0;
        State.EventsSeen = 0;
        State.EndWanted = false;
        State.GuestRan = false;
        State.RestartAt = null;
    }

    /// <summary>Takes over what the process of the current run has told since the last time.</summary>
    /// <returns>Whether the guest has run.</returns>
    public bool TakeOver(RunReport report)
    {
        ulong seen = Math.Max(State.EventsSeen, _parts.Journal.SeenOf(Definition.Name, State.Runs));
        Api.State before = State.State;
        State.Resets = report.Resets;
        foreach (Event told in report.Events.Where(told => told.Sequence > seen))
        {
            ulong source = told.Sequence;
            told.Machine = Definition.Name;
            _parts.Journal.Append(told, State.Runs, source);
            State.EventsSeen = source;
            Log($"{told.Kind} {told.Detail}");
        }

        // The end is the kernel's to tell.
        if (report.Events.LastOrDefault(told => told.State is Api.State.Running or Api.State.Paused) is { } last)
        {
            State.State = last.State;
            State.GuestRan = true;
        }

        if (State.State != before)
        {
            TrySave();
        }

        return State.GuestRan;
    }

    /// <summary>The current run has ended.</summary>
    /// <param name="report">What its process left; null if nothing can be read.</param>
    /// <param name="end">What the kernel tells.</param>
    public void End(RunReport? report, ProcessEnd end)
    {
        DateTimeOffset now = _parts.Clock.GetUtcNow();
        State.Exit = report?.Exit ?? new Exit { Code = end.ExitCode, Reason = LastWords.Of(_folder.Run, end), At = Timestamp.FromDateTimeOffset(now) };
        State.EndWanted |= report?.IsEndAsked == true;
        State.State = Api.State.Ended;
        State.Pid = 0;
        State.ProcessStart = 0;
        bool lasted = State.GuestRan && State.StartedAt is { } start && now - start.ToDateTimeOffset() >= RestartBackoff.LongEnough;
        State.ShortRuns = lasted ? 0 : State.ShortRuns + 1;
        if (report?.Exit is null || !report.Events.Any(told => told.Kind == Kind.Ended))
        {
            Tell(Kind.Ended, State.Exit.Reason, State.Exit.Code);
        }
    }

    /// <summary>A run could not begin; that, too, is a run too short.</summary>
    public void FailToBegin(string reason)
    {
        State.ShortRuns++;
        State.State = Api.State.Ended;
        State.Exit = new Exit { Code = (int)ExitCode.OperatingSystem, Reason = reason, At = Timestamp.FromDateTimeOffset(_parts.Clock.GetUtcNow()) };
        Tell(Kind.Ended, reason, State.Exit.Code);
    }

    /// <summary>Takes the machine off the record.</summary>
    /// <param name="rubbish">Where its folder may go.</param>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void Delete(string rubbish)
    {
        _folder.Remove(rubbish);
        _parts.Journal.Append(new Event { Machine = Definition.Name, Kind = Kind.Deleted });
        _parts.Journal.Forget(Definition.Name);
    }

    /// <summary>Something happened to the machine.</summary>
    public void Tell(Kind kind, string detail, int exitCode = 0)
    {
        _parts.Journal.Append(new Event { Machine = Definition.Name, Kind = kind, State = State.State, Detail = detail, ExitCode = exitCode });
        Log($"{kind} {detail}");
    }

    /// <summary>The same, for the daemon's log alone.</summary>
    public void Log(string what) => LogChange(_parts.Logger, Definition.Name, what);

    /// <summary>Writes the state to disk. A disk that takes nothing is told in the log: the machine runs on.</summary>
    public void TrySave()
    {
        try
        {
            _folder.Save(State);
        }
        catch (IOException e)
        {
            LogUnsaved(_parts.Logger, Definition.Name, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "machine {Name} is broken: {Problem}")]
    private static partial void LogBroken(ILogger logger, string name, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "the state of machine {Name} cannot be written: {Reason}")]
    private static partial void LogUnsaved(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "machine {Name}: {What}")]
    private static partial void LogChange(ILogger logger, string name, string what);
}

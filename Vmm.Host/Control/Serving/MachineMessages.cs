using Google.Protobuf.WellKnownTypes;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Events;
using Vmm.Host.Running;

namespace Vmm.Host.Control.Serving;

/// <summary>A run in the words of the API.</summary>
internal static class MachineMessages
{
    internal static Api.Machine Of(MachineRun run) => new()
    {
        Name = run.Config.Name,
        State = Of(run.State),
        Pid = Environment.ProcessId,
        Runs = 1,
        Resets = run.Resets,
        CreatedAt = run.StartedAt.ToTimestamp(),
        StartedAt = run.StartedAt.ToTimestamp(),
        Exit = run.Exit is { } exit ? new Api.Exit { Code = exit.Code, Reason = exit.Reason, At = exit.At.ToTimestamp() } : null,
    };

    internal static Event Of(string machine, Numbered<RunEvent> one) => new()
    {
        Sequence = one.Sequence,
        At = one.Event.At.ToTimestamp(),
        Machine = machine,
        Kind = Of(one.Event.Kind),
        State = Of(one.Event.State),
        Detail = one.Event.Detail,
        ExitCode = one.Event.ExitCode,
    };

    internal static State Of(RunState state) => state switch
    {
        RunState.Created or RunState.Resetting => State.Starting,
        RunState.Running => State.Running,
        RunState.Paused => State.Paused,
        RunState.Ended => State.Ended,
        _ => State.Unspecified,
    };

    internal static Event.Types.Kind Of(RunEventKind kind) => kind switch
    {
        RunEventKind.Running => Event.Types.Kind.Running,
        RunEventKind.Paused => Event.Types.Kind.Paused,
        RunEventKind.Resumed => Event.Types.Kind.Resumed,
        RunEventKind.Reset => Event.Types.Kind.Reset,
        RunEventKind.Ended => Event.Types.Kind.Ended,
        RunEventKind.DeviceAttached => Event.Types.Kind.DeviceAttached,
        RunEventKind.DeviceDetached => Event.Types.Kind.DeviceDetached,
        RunEventKind.PolicyChanged => Event.Types.Kind.PolicyChanged,
        _ => Event.Types.Kind.Unspecified,
    };
}

using System.Text.Json;
using Grpc.Core;

namespace Vmm.Host.Control.Errors;

/// <summary>How refusals travel: a gRPC status, and the reason as one word in a trailer.</summary>
internal static class ReasonedStatus
{
    /// <summary>Name of the trailer.</summary>
    internal const string Trailer = "vmm-reason";

    private static readonly Dictionary<string, ControlReason> Reasons =
        Enum.GetValues<ControlReason>().ToDictionary(Word, StringComparer.Ordinal);

    /// <summary>The word of a reason, e.g. "no-such-machine".</summary>
    internal static string Word(this ControlReason reason) => JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());

    /// <summary>The status of a reason.</summary>
    internal static StatusCode Code(this ControlReason reason) => reason switch
    {
        ControlReason.NoSuchMachine => StatusCode.NotFound,
        ControlReason.NameTaken => StatusCode.AlreadyExists,
        ControlReason.BadName or ControlReason.BadDefinition or ControlReason.BadArgument or ControlReason.BadPolicy => StatusCode.InvalidArgument,
        ControlReason.WrongState or ControlReason.NotNow => StatusCode.FailedPrecondition,
        ControlReason.RunFailed or ControlReason.RequestIdReused => StatusCode.Aborted,
        ControlReason.DidNotStop => StatusCode.DeadlineExceeded,
        ControlReason.EventsForgotten => StatusCode.OutOfRange,
        ControlReason.TooManyStreams or ControlReason.TooLarge or ControlReason.NoRoom => StatusCode.ResourceExhausted,
        ControlReason.NotAllowed => StatusCode.PermissionDenied,
        ControlReason.DaemonOnly or ControlReason.NoPowerButton => StatusCode.Unimplemented,
        ControlReason.MachineGone or ControlReason.ShuttingDown => StatusCode.Unavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, message: null),
    };

    /// <summary>The refusal as gRPC has it.</summary>
    internal static RpcException ToRpc(this ControlException refusal) =>
        new(new Status(refusal.Reason.Code(), refusal.Message), new Metadata { { Trailer, refusal.Reason.Word() } });

    /// <summary>The reason that came with a status; null when there is none, or none that is known here.</summary>
    internal static ControlReason? Reason(this RpcException failure) =>
        failure.Trailers.FirstOrDefault(entry => entry.Key == Trailer) is { } entry && Reasons.TryGetValue(entry.Value, out ControlReason reason) ? reason : null;

    /// <summary>Serves a call: refusals become statuses.</summary>
    internal static async Task<T> AnswerAsync<T>(Func<Task<T>> serve)
    {
        try
        {
            return await serve();
        }
        catch (ControlException refusal)
        {
            throw refusal.ToRpc();
        }
    }

    /// <inheritdoc cref="AnswerAsync{T}"/>
    internal static async Task AnswerAsync(Func<Task> serve)
    {
        try
        {
            await serve();
        }
        catch (ControlException refusal)
        {
            throw refusal.ToRpc();
        }
    }
}

using Grpc.Core;
using Vmm.Host.Control.Errors;

namespace Vmm.Host.Tests.Control;

public sealed class ReasonedStatusTests
{
    // The table at the head of machines.proto.
    [Theory]
    [InlineData(ControlReason.NoSuchMachine, StatusCode.NotFound, "no-such-machine")]
    [InlineData(ControlReason.NameTaken, StatusCode.AlreadyExists, "name-taken")]
    [InlineData(ControlReason.BadName, StatusCode.InvalidArgument, "bad-name")]
    [InlineData(ControlReason.BadDefinition, StatusCode.InvalidArgument, "bad-definition")]
    [InlineData(ControlReason.BadArgument, StatusCode.InvalidArgument, "bad-argument")]
    [InlineData(ControlReason.BadPolicy, StatusCode.InvalidArgument, "bad-policy")]
    [InlineData(ControlReason.WrongState, StatusCode.FailedPrecondition, "wrong-state")]
    [InlineData(ControlReason.NotNow, StatusCode.FailedPrecondition, "not-now")]
    [InlineData(ControlReason.RunFailed, StatusCode.Aborted, "run-failed")]
    [InlineData(ControlReason.RequestIdReused, StatusCode.Aborted, "request-id-reused")]
    [InlineData(ControlReason.DidNotStop, StatusCode.DeadlineExceeded, "did-not-stop")]
    [InlineData(ControlReason.EventsForgotten, StatusCode.OutOfRange, "events-forgotten")]
    [InlineData(ControlReason.TooManyStreams, StatusCode.ResourceExhausted, "too-many-streams")]
    [InlineData(ControlReason.TooLarge, StatusCode.ResourceExhausted, "too-large")]
    [InlineData(ControlReason.NoRoom, StatusCode.ResourceExhausted, "no-room")]
    [InlineData(ControlReason.NotAllowed, StatusCode.PermissionDenied, "not-allowed")]
    [InlineData(ControlReason.DaemonOnly, StatusCode.Unimplemented, "daemon-only")]
    [InlineData(ControlReason.NoPowerButton, StatusCode.Unimplemented, "no-power-button")]
    [InlineData(ControlReason.MachineGone, StatusCode.Unavailable, "machine-gone")]
    [InlineData(ControlReason.ShuttingDown, StatusCode.Unavailable, "shutting-down")]
    public void Refusal_OnTheWire_IsAStatusAndAWord(ControlReason reason, StatusCode code, string word)
    {
        RpcException rpc = new ControlException(reason, "why").ToRpc();

        Assert.Equal(code, rpc.StatusCode);
        Assert.Equal("why", rpc.Status.Detail);
        Assert.Equal(word, rpc.Trailers.GetValue(ReasonedStatus.Trailer));
        Assert.Equal(reason, rpc.Reason());
    }

    [Fact]
    public void Reasons_AllHaveAStatus() => Assert.All(Enum.GetValues<ControlReason>(), reason => Assert.NotEqual(StatusCode.OK, reason.Code()));

    [Fact]
    public void Status_WithAReasonThatIsUnknownHere_HasNone() =>
        Assert.Null(new RpcException(new Status(StatusCode.Internal, ""), new Metadata { { ReasonedStatus.Trailer, "of-tomorrow" } }).Reason());
}

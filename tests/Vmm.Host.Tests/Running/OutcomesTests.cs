using Vmm.Core.Machine;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Running;

namespace Vmm.Host.Tests.Running;

public sealed class OutcomesTests
{
    [Theory]
    [InlineData(MachineOutcomeKind.PowerOff, 0, false)]
    [InlineData(MachineOutcomeKind.GuestExit, 42, false)]
    [InlineData(MachineOutcomeKind.Reset, null, false)]
    [InlineData(MachineOutcomeKind.FatalError, 80, true)]
    [InlineData(MachineOutcomeKind.Crash, 81, true)]
    public void Follow_Outcome_GivesTheCode(MachineOutcomeKind kind, int? code, bool said)
    {
        List<string> lines = [];

        Assert.Equal(code, Outcomes.Follow(new MachineOutcome(kind, "why", 42), new MachineConfig(), lines.Add));
        Assert.Equal(said ? ["why"] : [], lines);
    }

    [Theory]
    [InlineData(MachineOutcomeKind.Reset, 0)]
    [InlineData(MachineOutcomeKind.FatalError, null)]
    [InlineData(MachineOutcomeKind.Crash, null)]
    public void Follow_OtherwiseConfigured_DoesThat(MachineOutcomeKind kind, int? code)
    {
        MachineConfig config = new() { OnReboot = RebootAction.Exit, OnPanic = FatalAction.Reset, OnCrash = FatalAction.Reset };

        Assert.Equal(code, Outcomes.Follow(new MachineOutcome(kind, "why"), config, _ => { }));
    }

    [Fact]
    public void Follow_HostError_ThrowsTheCause() => Assert.Throws<TimeoutException>(() =>
        Outcomes.Follow(new MachineOutcome(MachineOutcomeKind.HostError, "why") { Cause = new TimeoutException() }, new MachineConfig(), _ => { }));
}

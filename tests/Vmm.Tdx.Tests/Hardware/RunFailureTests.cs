using Vmm.Core.Machine;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.TdxModel.Hardware;
using static Vmm.Tdx.Tests.Hardware.HardwareTd;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>What can go wrong at KVM_RUN: each has its words, ends the machine and leaves nothing behind.</summary>
public sealed class RunFailureTests
{
    private const int EINTR = 4;
    private const int EIO = 5;
    private const int EAGAIN = 11;
    private const int ENOMEM = 12;
    private const int EFAULT = 14;
    private const int EINVAL = 22;
    private const int EHWPOISON = 133;

    [Theory]
    [InlineData(EIO, MachineOutcomeKind.Crash, "KVM gave the TD up on vCPU 0")]
    [InlineData(ENOMEM, MachineOutcomeKind.HostError, "KVM_RUN failed on vCPU 0: Cannot allocate memory")]
    [InlineData(EFAULT, MachineOutcomeKind.HostError, "KVM_RUN failed on vCPU 0 (EFAULT), and KVM does not say at which address")]
    [InlineData(EINVAL, MachineOutcomeKind.HostError, "KVM_RUN failed on vCPU 0: Invalid argument")]
    [InlineData(EHWPOISON, MachineOutcomeKind.HostError, "vCPU 0 touched memory that the host's hardware has found broken")]
    public void Run_Errno_EndsTheMachineWithItsReason(int errno, MachineOutcomeKind kind, string message)
    {
        HardwareTd td = new();
        td.Kernel.Inject = (number, _) => number < 0 ? -errno : 0;
        MachineOutcome outcome = td.Run();
        Assert.Equal(kind, outcome.Kind);
        Assert.StartsWith(message, outcome.Message, StringComparison.Ordinal);
        Assert.Null(outcome.Cause);
        Assert.Empty(td.Leaks());
    }

    [Fact]
    public void Run_Interrupted_GoesRoundAgain()
    {
        int left = 50;
        using HardwareTd td = new();
        td.Kernel.Inject = (number, _) => number < 0 && left-- > 0 ? -EINTR : 0;
        VpEnterArgs call = VmCall(30, 1, 0, TestTd.DevicePort);
        Assert.Equal([call with { R11 = 0x10 }], td.Answers(call));
    }

    [Fact]
    public void Enter_Fails_SaysWhatTheModuleSaid()
    {
        using HardwareTd td = new();
        td.Script.Exit(new TdExit(TdExitKind.Failed, Status: 0x8000_0000_0000_0201));
        MachineOutcome outcome = td.Run();
        Assert.Equal(
            (MachineOutcomeKind.HostError, "KVM internal error 4 on vCPU 0 (TDH.VP.ENTER status 0x8000000000000201)"), (outcome.Kind, outcome.Message));
    }

    [Fact]
    public void Launch_EveryCallWithEveryErrno_FailsWithNothingLeft()
    {
        int calls;
        using (HardwareTd whole = new(vcpus: 2))
        {
            whole.Build();
            calls = whole.Kernel.Calls.Count;
        }

        Assert.True(calls > 15, $"{calls} calls");
        for (int failing = 1; failing < calls; failing++)
        {
            foreach (int errno in (int[])[EIO, EAGAIN, ENOMEM, EFAULT, 16, EINVAL, 24, 28])
            {
                HardwareTd td = new(vcpus: 2);
                td.Kernel.Inject = (number, _) => number == failing ? -errno : 0;
                Exception? failure = Record.Exception(() => td.Build());
                string at = $"call {failing}, error {errno}: {td.Kernel.Calls[^1].Name}";
                Assert.True(failure is null or Vmm.Core.Kvm.KvmException, $"{at}: {failure}");
                Assert.True(td.Leaks().Count == 0, $"{at}: left {string.Join(", ", td.Kernel.Leaks)}");
            }
        }
    }
}

using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Tdx.Hardware.Memory;
using Vmm.TdxModel.Hardware;
using static Vmm.Tdx.Tests.Hardware.HardwareTd;

namespace Vmm.Tdx.Tests.Hardware;

/// <summary>Accesses that find a page on the other side, and the conversions behind them.</summary>
public sealed class MemoryFaultTests
{
    private const ulong Page = 0x10_0000;
    private const int ENOMEM = 12;
    private const int EINVAL = 22;

    private static TdExit Touch(ulong gpa, bool isPrivate) => new(TdExitKind.EptViolation, gpa, isPrivate);

    [Fact]
    public void Access_AsShared_ConvertsThePageAndGoesOn()
    {
        using HardwareTd td = new();
        td.Script.Exit(Touch(Page + 0x123, isPrivate: false)).Exit(Touch(Page, isPrivate: false));
        Assert.Equal(EndOfScript, td.Run().Message);
        Assert.Equal([(Page, 0x1000UL, false)], td.Script.Conversions);
        Assert.Equal(PageAccess.Shared, td.Memory.GetAccess(Page));
    }

    [Fact]
    public void Access_AsPrivateToSharedPage_TakesItBack()
    {
        using HardwareTd td = new();
        td.Script.Exit(Touch(Page, isPrivate: false)).Exit(Touch(Page, isPrivate: true)).Exit(Touch(Page, isPrivate: true));
        Assert.Equal(EndOfScript, td.Run().Message);
        Assert.Equal([(Page, 0x1000UL, false), (Page, 0x1000UL, true)], td.Script.Conversions);
        Assert.Equal(PageAccess.Private, td.Memory.GetAccess(Page));
    }

    [Theory]
    [InlineData(true, "private")]
    [InlineData(false, "shared")]
    public void Access_WhereThereIsNoMemory_EndsTheMachineWithTheAddress(bool isPrivate, string side)
    {
        using HardwareTd td = new();
        td.Script.Exit(Touch(RamSize, isPrivate));
        MachineOutcome outcome = td.Run();
        Assert.Equal(
            (MachineOutcomeKind.Crash, $"vCPU 0 used GPA 0x{RamSize:x} (0x1000 bytes) as {side} memory, and there is no memory"), (outcome.Kind, outcome.Message));
    }

    [Theory]
    [InlineData("KVM_SET_MEMORY_ATTRIBUTES", ENOMEM)]
    [InlineData("fallocate", EINVAL)]
    public void Access_ThatTheHostCannotConvert_EndsTheMachine(string call, int errno)
    {
        using HardwareTd td = new();
        td.Build();
        td.Kernel.Inject = (_, name) => name == call ? -errno : 0;
        td.Script.Exit(Touch(Page, isPrivate: false));
        Assert.Equal("vCPU 0 used GPA 0x100000 (0x1000 bytes) as shared memory, and the host could not convert it", td.Run().Message);
    }

    [Fact]
    public void Access_ThatFaultsForEver_EndsTheMachine()
    {
        // Another vCPU that takes the page back each time: the guest's own doing, but no reason to go round for ever.
        using HardwareTd td = new();
        for (int i = 0; i < 1000; i++)
        {
            td.Script.Exit(Touch(Page, isPrivate: false));
        }

        td.Build();
        TdxMemory memory = td.Get<TdxMemory>();
        td.Kernel.Inject = (number, _) =>
        {
            if (number < 0)
            {
                memory.Convert(Page, 0x1000, shared: false);
            }

            return 0;
        };
        Assert.Equal(
            "vCPU 0 used GPA 0x100000 (0x1000 bytes) as shared memory, and KVM cannot map it, though it is what the guest takes it for", td.Run().Message);
    }

    [Fact]
    public void Access_BeforeAcceptance_IsTheEndOfTheTd()
    {
        using HardwareTd td = new();
        td.Script.Exit(new TdExit(TdExitKind.PendingPage));
        MachineOutcome outcome = td.Run();
        Assert.Equal(MachineOutcomeKind.Crash, outcome.Kind);
        Assert.StartsWith("KVM gave the TD up on vCPU 0: the guest touched private memory that it had not accepted", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(td.Leaks());
    }

    [Fact]
    public void Conversion_ToShared_GivesPrivatePagesBackToTheHost()
    {
        using HardwareTd td = new();
        td.Script.Exit(Touch(Page, isPrivate: true)).Exit(Touch(Page + 0x1000, isPrivate: true));
        td.Script.Call(VmCall(0x10001, Shared(Page), 0x1000), _ => { });
        td.Script.Call(VmCall(0x10001, Shared(TestLaunch.CodePage), 0x1000), _ => { });
        Assert.Equal(EndOfScript, td.Run().Message);
        Assert.Equal(1, td.Kernel.PrivatePages); // of three: two touched, one launched with
    }

    [Fact]
    public void Conversion_ToPrivate_ForgetsWhatWasShared()
    {
        using HardwareTd td = new();
        td.Build();
        td.Get<TdxMemory>().Convert(Page, 0x1000, shared: true);
        td.Memory.GetSpan(Page, 0x1000).Fill(0x77);
        td.Get<TdxMemory>().Convert(Page, 0x1000, shared: true); // already: keeps its contents
        Assert.Equal(0x77, td.Memory.GetSpan(Page, 1)[0]);
        td.Get<TdxMemory>().Convert(Page, 0x1000, shared: false);
        td.Get<TdxMemory>().Convert(Page, 0x1000, shared: true);
        Assert.Equal(0, td.Memory.GetSpan(Page, 1)[0]);
    }
}

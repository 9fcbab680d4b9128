using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.TdCalls;

/// <summary>TDG.MEM.PAGE.ACCEPT (6) and TDG.MEM.PAGE.ATTR.RD/WR (23, 24), after MapGPA.</summary>
public sealed class PageAcceptTests
{
    private const ulong Page = TestProgram.Scratch;
    private const ulong Large = 2UL << 20;
    private const ulong Pending = 1UL << 62;
    private const ulong PastMemory = 0x4000_0000;

    private static Registers MapGpa(ulong gpa, ulong size) => VmCall(0x10001) with { R12 = gpa, R13 = size };

    [KvmFact]
    public void Accept_PageOfTheBuild_IsAlreadyAccepted()
    {
        new CallTable
        {
            { TdCall(6) with { Rcx = Page }, Fails(PageAlreadyAccepted) },
            { TdCall(6) with { Rcx = Page | 1 }, Fails(PageSizeMismatch + 1) },
        }.Check().Dispose();
    }

    [KvmFact]
    public void Accept_PendingPage_IsZeroedAndAccepted()
    {
        TestProgram program = new();
        ulong page = program.Data([.. Enumerable.Repeat((byte)0xEE, 0x1000)], 0x1000);
        using TdRun run = new CallTable
        {
            { MapGpa(page | TestHost.SharedBit, 0x1000), Answers(0) },
            { MapGpa(page, 0x1000), Answers(0) },
            { TdCall(6) with { Rcx = page }, Succeeds },
            { TdCall(6) with { Rcx = page }, Fails(PageAlreadyAccepted) },
        }.Check(program);
        Assert.All(run.Bytes(page, 0x1000).ToArray(), value => Assert.Equal(0, value));
    }

    [KvmFact]
    public void Accept_LargePendingPage_IsMappedLarge()
    {
        new CallTable
        {
            { MapGpa(Page | TestHost.SharedBit, Large), Answers(0) },
            { MapGpa(Page, Large), Answers(0) },
            { TdCall(6) with { Rcx = Page | 1 }, Succeeds },
            { TdCall(6) with { Rcx = Page | 1 }, Fails(PageAlreadyAccepted + 1) },
            { TdCall(6) with { Rcx = Page + 0x1000 }, Fails(PageAlreadyAccepted + 1) },
        }.Check().Dispose();
    }

    [KvmFact]
    public void Accept_LargeOverSmallPages_IsPageSizeMismatch()
    {
        new CallTable
        {
            { MapGpa(Page | TestHost.SharedBit, Large), Answers(0) },
            { MapGpa(Page, Large), Answers(0) },
            { TdCall(6) with { Rcx = Page + 0x5000 }, Succeeds },
            { TdCall(6) with { Rcx = Page | 1 }, Fails(PageSizeMismatch + 1) },
            { TdCall(6) with { Rcx = Page }, Succeeds },
        }.Check().Dispose();
    }

    [KvmFact]
    public void Accept_BadOperand_IsOperandInvalidRcx()
    {
        CallTable table = [];
        ulong[] bad =
        [
            Page | 2, Page | 3, Page | 7, // levels that there are not
            Page | 8, Page | 0x800, Page | (1UL << 52), Page | (1UL << 62), Page | (1UL << 63), // reserved bits
            (Page + 0x1000) | 1, // misaligned for the level
            Page | TestHost.SharedBit, PastMemory, PastMemory | 1,
        ];
        foreach (ulong rcx in bad)
        {
            table.Add(TdCall(6) with { Rcx = rcx }, Fails(OperandInvalid + RcxId));
        }

        table.Check().Dispose();
    }

    [KvmFact]
    public void AttrRd_EachState_TellsLevelAndPending()
    {
        new CallTable
        {
            { TdCall(23) with { Rcx = Page }, r => r with { Rax = 0, Rcx = Page, Rdx = 0 } },
            { MapGpa(Page | TestHost.SharedBit, Large), Answers(0) },
            { MapGpa(Page, Large), Answers(0) },
            { TdCall(23) with { Rcx = Page + 0x3000 }, r => r with { Rax = 0, Rcx = (Page + 0x3000) | Pending, Rdx = 0 } },
            { TdCall(6) with { Rcx = Page | 1 }, Succeeds },
            { TdCall(23) with { Rcx = Page + 0x3000 }, r => r with { Rax = 0, Rcx = Page | 1, Rdx = 0 } },
            { TdCall(23) with { Rcx = PastMemory }, r => r with { Rax = OperandInvalid + RcxId, Rcx = 0, Rdx = 0 } },
            { TdCall(23) with { Rcx = Page | TestHost.SharedBit }, r => r with { Rax = OperandInvalid + RcxId, Rcx = 0, Rdx = 0 } },
        }.Check().Dispose();
    }

    [KvmFact]
    public void AttrWr_NoPartitions_SplitsAndRefusesAttributes()
    {
        new CallTable
        {
            { TdCall(24) with { Rcx = Page, Rdx = 0, R8 = 0 }, r => r with { Rax = 0 } },
            { TdCall(24) with { Rcx = Page, Rdx = 1UL << 16, R8 = 0 }, r => r with { Rax = OperandInvalid + RdxId, Rcx = 0, Rdx = 0 } },
            { TdCall(24) with { Rcx = Page, Rdx = 0, R8 = 1UL << 16 }, r => r with { Rax = OperandInvalid + R8Id, Rcx = 0, Rdx = 0 } },
            { TdCall(24) with { Rcx = Page | 1, Rdx = 0, R8 = 0 }, r => r with { Rax = PageSizeMismatch + 1, Rcx = 0, Rdx = 0 } },
            { MapGpa(Page | TestHost.SharedBit, Large), Answers(0) },
            { MapGpa(Page, Large), Answers(0) },
            { TdCall(6) with { Rcx = Page | 1 }, Succeeds },
            { TdCall(24) with { Rcx = Page + 0x1000, Rdx = 0, R8 = 0 }, r => r with { Rax = 0 } },
            { TdCall(6) with { Rcx = Page }, Fails(PageAlreadyAccepted) },
        }.Check().Dispose();
    }
}

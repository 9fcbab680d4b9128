using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.TdCalls;

/// <summary>TDG.VP.VMCALL (leaf 0): the mask in RCX decides which registers pass.</summary>
public sealed class VpVmCallTests
{
    private const ulong PortRead = 30;

    private static Registers Read(ulong mask) => VmCall(PortRead) with { Rcx = mask, R12 = 1, R13 = 0, R14 = Recorder.Port };

    [KvmFact]
    public void Mask_SelectsRaxRcxRspOrRbp_IsOperandInvalidRcxAndNothingIsCalled()
    {
        CallTable table = [];
        foreach (int bit in new[] { 0, 1, 4, 5, 32, 47, 63 })
        {
            table.Add(Read(AllPassed | (1UL << bit)), Fails(OperandInvalid + RcxId));
        }

        using TdRun run = table.Check();
        Assert.Empty(run.Recorder.Accesses);
    }

    [KvmFact]
    public void Mask_WithoutR10_CallIsStandardAndStatusIsLost()
    {
        const ulong R10Bit = 1 << 10;
        using TdRun run = new CallTable
        {
            { Read(AllPassed & ~R10Bit) with { R10 = 77 }, r => r with { Rax = 0, R11 = Recorder.Answer(Recorder.Port, 1) } },
            { Read(AllPassed & ~R10Bit) with { R10 = 77, R12 = 3 }, r => r with { Rax = 0 } },
        }.Check();
        Assert.Single(run.Recorder.Accesses);
    }

    [KvmFact]
    public void Mask_WithoutArgument_VmmSeesZero()
    {
        const ulong R12Bit = 1 << 12;
        const ulong R15Bit = 1 << 15;
        using TdRun run = new CallTable
        {
            { Read(AllPassed & ~R12Bit), Answers(InvalidOperand) },
            { VmCall(PortRead) with { Rcx = AllPassed & ~R15Bit, R12 = 4, R13 = 1, R14 = Recorder.Port }, Answers(0) },
        }.Check();
        Assert.Equal([new RecordedAccess(Recorder.Port, 4, IsWrite: true, 0)], run.Recorder.Accesses);
    }

    [KvmFact]
    public void Mask_WithoutR11_IsSubFunctionZeroWhichIsNone()
    {
        const ulong R11Bit = 1 << 11;
        new CallTable { { Read(AllPassed & ~R11Bit), Answers(SubfuncUnsupported) } }.Check().Dispose();
    }

    [KvmFact]
    public void Mask_OnlyOfTheCall_OtherRegistersArePreserved()
    {
        const ulong R10ToR15 = 0xFC00;
        const ulong AllXmm = 0xFFFF_0000;
        new CallTable
        {
            { Read(R10ToR15), r => r with { Rax = 0, R11 = Recorder.Answer(Recorder.Port, 1) } },
            { Read(R10ToR15 | AllXmm), r => r with { Rax = 0, R11 = Recorder.Answer(Recorder.Port, 1) } },
            { Read(0), r => r with { Rax = 0 } },
        }.Check().Dispose();
    }
}

using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.Module.Leaves;

public sealed class VpVmCallTests : IDisposable
{
    private const ulong LinuxMask = 0xFFCC;
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(LinuxMask | (1 << 0))]
    [InlineData(LinuxMask | (1 << 1))]
    [InlineData(LinuxMask | (1 << 4))]
    [InlineData(LinuxMask | (1 << 5))] // RBP, under NO_RBP_MOD
    [InlineData(LinuxMask | (1UL << 32))]
    [InlineData(LinuxMask | (1UL << 63))]
    public void Call_BadMask_IsInvalidRcxWithoutTheVmm(ulong mask)
    {
        _td.Complete(TdCallLeaf.VpVmCall, TdUnderTest.Patterned() with { Rcx = mask }, 0xC000010000000001);

        Assert.Equal(0, _td.Vmm.Calls);
    }

    [Fact]
    public void Call_LinuxMask_PassesAllBothWays()
    {
        _td.Vmm.Answer = 0xA5;
        KvmRegs input = TdUnderTest.Patterned() with { Rcx = LinuxMask, R10 = 0, R11 = RecordingVmm.KnownLeaf };

        KvmRegs output = _td.Complete(TdCallLeaf.VpVmCall, input, 0, "Rdx Rbx Rsi Rdi R8 R9 R11 R12 R13 R14 R15");

        VmCallRegisters passed = _td.Vmm.Passed;
        Assert.Equal((input.Rdx, input.Rbx, input.Rsi, input.Rdi, input.R8, input.R9), (passed.Rdx, passed.Rbx, passed.Rsi, passed.Rdi, passed.R8, passed.R9));
        Assert.Equal((input.R12, input.R13, input.R14, input.R15), (passed.R12, passed.R13, passed.R14, passed.R15));
        ulong[] answers = [output.Rdx, output.Rbx, output.Rsi, output.Rdi, output.R8, output.R9, output.R11, output.R12, output.R13, output.R14, output.R15];
        Assert.All(answers, value => Assert.Equal(0xA5UL, value));
    }

    [Theory]
    [InlineData(Gpr.Rdx)]
    [InlineData(Gpr.Rbx)]
    [InlineData(Gpr.Rsi)]
    [InlineData(Gpr.Rdi)]
    [InlineData(Gpr.R8)]
    [InlineData(Gpr.R9)]
    [InlineData(Gpr.R12)]
    [InlineData(Gpr.R15)]
    public void Call_OneRegisterOutOfMask_IsZeroForTheVmmAndKeptForTheGuest(Gpr register)
    {
        _td.Vmm.Answer = 0xA5;
        string outputs = string.Join(' ', Enum.GetValues<Gpr>().Where(gpr => gpr != register && (LinuxMask >> (int)gpr & 1) != 0));

        _td.Complete(TdCallLeaf.VpVmCall, TdUnderTest.Patterned() with { Rcx = LinuxMask & ~(1UL << (int)register), R10 = 0, R11 = RecordingVmm.KnownLeaf }, 0, outputs);

        VmCallRegisters passed = _td.Vmm.Passed;
        ulong[] values = [passed.Rdx, passed.Rbx, passed.Rsi, passed.Rdi, passed.R8, passed.R9, passed.R12, passed.R13, passed.R14, passed.R15];
        Assert.Single(values, 0UL);
    }

    [Fact]
    public void Call_R10OutOfMask_IsAStandardCallAndKeepsR10()
    {
        KvmRegs output = _td.Complete(
            TdCallLeaf.VpVmCall, TdUnderTest.Patterned() with { Rcx = 1 << (int)Gpr.R11, R10 = 77, R11 = RecordingVmm.KnownLeaf }, 0, "R11");

        Assert.Equal((1, 0UL, 77UL), (_td.Vmm.Calls, _td.Vmm.Passed.R10, output.R10));
    }

    [Fact]
    public void Call_UnknownSubFunction_SucceedsWithTheStatusInR10()
    {
        KvmRegs output = _td.Complete(TdCallLeaf.VpVmCall, TdUnderTest.Patterned() with { Rcx = LinuxMask, R10 = 0, R11 = 0x1234 }, 0, "R10");

        Assert.Equal((ulong)VmCallStatus.SubfuncUnsupported, output.R10);
    }
}

using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tracing;
using Vmm.Tdx.Tracing.Formatting;

namespace Vmm.Tdx.Tests.Tracing;

public sealed class VmCallLineTests
{
    private const ulong InvalidOperand = (ulong)VmCallStatus.InvalidOperand;

    private static readonly TraceFormatter Formatter = new(new GpaWidth(48));

    public static TheoryData<VmCallLeaf, KvmRegs, KvmRegs, ulong, string> Calls => new()
    {
        {
            VmCallLeaf.InstructionCpuid, new() { R12 = 0x4000_0000 }, new() { R12 = 1, R13 = 2, R14 = 3, R15 = 4 }, 0,
            "Instruction.CPUID>(leaf=0x40000000, subleaf=0x0) = SUCCESS {eax=0x1, ebx=0x2, ecx=0x3, edx=0x4}"
        },
        { VmCallLeaf.InstructionHlt, new() { R12 = 0 }, default, 0, "Instruction.HLT>(interrupts_blocked=0) = SUCCESS" },
        {
            VmCallLeaf.InstructionIo, new() { R12 = 1, R13 = 1, R14 = 0x3F8, R15 = 0x48 }, default, 0,
            "Instruction.IO>(size=1, out, port=0x3f8, data=0x48) = SUCCESS"
        },
        {
            VmCallLeaf.InstructionIo, new() { R12 = 1, R14 = 0x3FD }, new() { R11 = 0x60 }, 0,
            "Instruction.IO>(size=1, in, port=0x3fd) = SUCCESS {data=0x60}"
        },
        {
            VmCallLeaf.InstructionIo, new() { R12 = 3, R13 = 2, R14 = 0x3FD }, default, InvalidOperand,
            "Instruction.IO>(size=3, direction=0x2, port=0x3fd) = INVALID_OPERAND"
        },
        { VmCallLeaf.InstructionRdmsr, new() { R12 = 0x1B }, new() { R11 = 0xFEE0_0D00 }, 0, "Instruction.RDMSR>(IA32_APIC_BASE) = SUCCESS {0xfee00d00}" },
        { VmCallLeaf.InstructionRdmsr, new() { R12 = 0x777 }, default, InvalidOperand, "Instruction.RDMSR>(0x777) = INVALID_OPERAND" },
        { VmCallLeaf.InstructionWrmsr, new() { R12 = 0x203, R13 = 5 }, default, 0, "Instruction.WRMSR>(IA32_MTRR_PHYSMASK1, 0x5) = SUCCESS" },
        {
            VmCallLeaf.RequestMmio, new() { R12 = 4, R13 = 1, R14 = 0x8000_FEC0_0000, R15 = 0x10 }, default, 0,
            "#VE.RequestMMIO>(size=4, write, gpa=0x8000fec00000, data=0x10) = SUCCESS"
        },
        {
            VmCallLeaf.RequestMmio, new() { R12 = 4, R14 = 0x8000_FEC0_0010 }, new() { R11 = 7 }, 0,
            "#VE.RequestMMIO>(size=4, read, gpa=0x8000fec00010) = SUCCESS {data=0x7}"
        },
        { VmCallLeaf.InstructionWbinvd, new() { R12 = 1 }, default, 0x8000_0000_0000_0003, "Instruction.WBINVD>(WBNOINVD) = SUBFUNC_UNSUPPORTED" },
        {
            VmCallLeaf.GetTdVmCallInfo, new() { R12 = 1 }, new() { R11 = 2 }, 0,
            "GetTdVmCallInfo>(leaf=1) = SUCCESS {r11=0x2, r12=0x0, r13=0x0, r14=0x0}"
        },
        {
            VmCallLeaf.MapGpa, new() { R12 = 0x8000_0010_0000, R13 = 0x20_0000 }, new() { R11 = 0x8000_0018_0000 }, 1,
            "MapGPA>(0x100000+2M -> shared) = RETRY at 0x800000180000"
        },
        { VmCallLeaf.MapGpa, new() { R12 = 0x10_0000, R13 = 0x3000 }, default, 0, "MapGPA>(0x100000+12K -> private) = SUCCESS" },
        { VmCallLeaf.GetQuote, new() { R12 = 0x8000_0000_1000, R13 = 0x2000 }, default, 0, "GetQuote>(buffer=0x800000001000, size=8K) = SUCCESS" },
        {
            VmCallLeaf.ReportFatalError, new() { R14 = 0x0A6C_6C61_206F_6E, R15 = 0x2121 }, default, 0,
            "ReportFatalError>(code=0x0, \"no all\\x0a\") = SUCCESS"
        },
        {
            VmCallLeaf.ReportFatalError, new() { R12 = 0x8000_0000_0000_0005, R13 = 0x8000_0000_1000 }, default, 0,
            "ReportFatalError>(code=0x5, text=0x800000001000) = SUCCESS"
        },
        { VmCallLeaf.SetupEventNotifyInterrupt, new() { R12 = 0x30 }, default, 0, "SetupEventNotifyInterrupt>(vector=0x30) = SUCCESS" },
        {
            VmCallLeaf.Service, new() { R12 = 0x8000_0000_1000, R13 = 0x8000_0000_2000 }, default, 0x8000_0000_0000_0002,
            "Service>(command=0x800000001000, response=0x800000002000, vector=0x0, timeout=0) = ALIGN_ERROR"
        },
        {
            VmCallLeaf.MigTd, new() { R12 = 1 }, default, 0x8000_0000_0000_0001,
            "MigTD>(r12=0x1, r13=0x0, r14=0x0, r15=0x0) = GPA_INUSE"
        },
        {
            (VmCallLeaf)0xABCDE, default, default, 0x1234,
            "0xabcde>(r12=0x0, r13=0x0, r14=0x0, r15=0x0) = 0x1234"
        },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Format_VmCall_NamesOperandsAndResults(VmCallLeaf leaf, KvmRegs input, KvmRegs output, ulong status, string expected)
    {
        TraceRecord record = TestRecords.VmCall(leaf, input, output, status);

        Assert.Equal($"[vcpu1] TDG.VP.VMCALL<{expected} <1.2us>", Formatter.Format(in record));
    }

    [Theory]
    [InlineData(10, 1, "KVM_HC_SEND_IPI>(0x1, 0x2, 0x3, 0x4) = 1")]
    [InlineData(12, -22, "KVM_HC_MAP_GPA_RANGE>(0x1, 0x2, 0x3, 0x4) = -22")]
    [InlineData(0x777, -1000, "vendor 0x777>(0x1, 0x2, 0x3, 0x4) = -1000")]
    public void Format_VendorCall_TellsTheNumberReturned(ulong number, long result, string expected)
    {
        TraceRecord record = TestRecords.VmCall(0, new() { R11 = 1, R12 = 2, R13 = 3, R14 = 4 }, default, (ulong)result, number);

        Assert.Equal($"[vcpu1] TDG.VP.VMCALL<{expected} <1.2us>", Formatter.Format(in record));
        Assert.Equal(result < 0, record.IsError);
    }

    [Fact]
    public void Format_RegistersThatDoNotPass_ReadAsZero()
    {
        TraceRecord record = TestRecords.VmCall(VmCallLeaf.InstructionCpuid, new() { R12 = 0x99, R13 = 0x99 });
        record.Input.Rcx = TestRecords.AllRegisters & ~(1UL << (int)Gpr.R13);

        Assert.Contains("(leaf=0x99, subleaf=0x0)", Formatter.Format(in record), StringComparison.Ordinal);
    }

    [Fact]
    public void Format_EveryLeafOfTheEnumeration_HasASpecifiedName() => Assert.All(
        Enum.GetValues<VmCallLeaf>(), leaf => Assert.DoesNotContain("0x", new VmCallFunction(0, (ulong)leaf).ToString(), StringComparison.Ordinal));

    [Fact]
    public void Slot_EveryFunction_HasItsOwnWithItsName()
    {
        VmCallFunction[] functions =
        [
            .. Enum.GetValues<VmCallLeaf>().Select(leaf => new VmCallFunction(0, (ulong)leaf)),
            .. Enum.GetValues<KvmHypercall>().Select(number => new VmCallFunction((ulong)number, 0)),
        ];

        Assert.Equal(functions.Length, functions.Select(function => function.Slot).Distinct().Count());
        Assert.All(functions, function => Assert.Equal(function.ToString(), VmCallFunction.NameOfSlot(function.Slot)));
        Assert.All(
            [new(0, 66), new(0, 0xFFFF), new(0, 0x10007), new(0, ulong.MaxValue)],
            (VmCallFunction unknown) => Assert.Equal("others", VmCallFunction.NameOfSlot(unknown.Slot)));
        Assert.All(
            [new(13, 0), new(ulong.MaxValue, 0)],
            (VmCallFunction unknown) => Assert.Equal("vendor, others", VmCallFunction.NameOfSlot(unknown.Slot)));
    }
}

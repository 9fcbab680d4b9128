using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Tracing;
using Vmm.Tdx.Tracing.Formatting;

namespace Vmm.Tdx.Tests.Tracing;

public sealed class TdCallLineTests
{
    private static readonly TraceFormatter Formatter = new(new GpaWidth(48));

    public static TheoryData<TdCallLeaf, KvmRegs, KvmRegs, ulong, string> Calls => new()
    {
        { TdCallLeaf.VpVmCall, new() { Rcx = 1 }, default, 0xC000010000000001, "TDG.VP.VMCALL(mask=0x1) = OPERAND_INVALID+RCX" },
        {
            TdCallLeaf.VpInfo, default, new() { Rcx = 48, Rdx = 0x1000_0001, R8 = 0x4_0000_0002, R9 = 1 }, 0,
            "TDG.VP.INFO() = SUCCESS {gpaw=48, attributes=DEBUG|SEPT_VE_DISABLE, vcpus=2/4, index=1}"
        },
        { TdCallLeaf.MrRtmrExtend, new() { Rcx = 0x1040, Rdx = 3 }, default, 0, "TDG.MR.RTMR.EXTEND(RTMR3, digest=0x1040) = SUCCESS" },
        {
            TdCallLeaf.VpVeInfoGet, default, new() { Rcx = 48, Rdx = 0x182, R8 = 0xFFFF_8000_0000_1000, R9 = 0x8000_FEC0_0000 }, 0,
            "TDG.VP.VEINFO.GET() = SUCCESS {EPT_VIOLATION write gpa=0x8000fec00000 gla=0xffff800000001000}"
        },
        {
            TdCallLeaf.VpVeInfoGet, default, new() { Rcx = 30, Rdx = 0x3F8_0000, R10 = 1 }, 0,
            "TDG.VP.VEINFO.GET() = SUCCESS {IO_INSTRUCTION out port=0x3f8 size=1 length=1}"
        },
        { TdCallLeaf.VpVeInfoGet, default, new() { Rcx = 31, R10 = 2 }, 0, "TDG.VP.VEINFO.GET() = SUCCESS {RDMSR length=2}" },
        { TdCallLeaf.VpVeInfoGet, default, default, 0xC000070400000000, "TDG.VP.VEINFO.GET() = NO_VALID_VE_INFO" },
        { TdCallLeaf.MrReport, new() { Rcx = 0x2000, Rdx = 0x1000 }, default, 0, "TDG.MR.REPORT(report=0x2000, data=0x1000) = SUCCESS" },
        {
            TdCallLeaf.MrReport, new() { Rcx = 0x2000, Rdx = 0x1000, R8 = 1 }, default, 0xC000010000000008,
            "TDG.MR.REPORT(report=0x2000, data=0x1000, subtype=1) = OPERAND_INVALID+R8"
        },
        { TdCallLeaf.VpCpuidVeSet, new() { Rcx = 3 }, default, 0, "TDG.VP.CPUIDVE.SET(supervisor=1, user=1) = SUCCESS" },
        { TdCallLeaf.MemPageAccept, new() { Rcx = 0x7000 }, default, 0, "TDG.MEM.PAGE.ACCEPT(gpa=0x7000, 4K) = SUCCESS" },
        {
            TdCallLeaf.MemPageAccept, new() { Rcx = 0x20_0001 }, default, 0x00000B0A00000001,
            "TDG.MEM.PAGE.ACCEPT(gpa=0x200000, 2M) = PAGE_ALREADY_ACCEPTED+1"
        },
        { TdCallLeaf.MemPageAccept, new() { Rcx = 0x7007 }, default, 0xC000010000000001, "TDG.MEM.PAGE.ACCEPT(gpa=0x7007) = OPERAND_INVALID+RCX" },
        { TdCallLeaf.VmRd, new() { Rdx = 0x1110_0003_0000_0000 }, new() { R8 = 0x1000_0000 }, 0, "TDG.VM.RD(ATTRIBUTES) = SUCCESS {0x10000000}" },
        { TdCallLeaf.VmRd, new() { Rdx = 0x1310_0003_0000_0047 }, default, 0, "TDG.VM.RD(RTMR[7]) = SUCCESS {0x0}" },
        {
            TdCallLeaf.VmRd, new() { Rcx = 1, Rdx = 0x1234 }, default, 0xC000010000000001,
            "TDG.VM.RD(target=0x1, 0x1234) = OPERAND_INVALID+RCX"
        },
        {
            TdCallLeaf.VmWr, new() { Rdx = 0x9110_0003_0000_0017, R8 = 8, R9 = 8 }, new() { R8 = 1 }, 0,
            "TDG.VM.WR(TD_CTLS, value=0x8, mask=0x8) = SUCCESS {old=0x1}"
        },
        {
            TdCallLeaf.VpRd, new() { Rdx = 0xA020_0002_0000_0002 }, new() { R8 = 1, Rdx = ulong.MaxValue }, 0,
            "TDG.VP.RD(VCPU_INDEX) = SUCCESS {0x1, next=none}"
        },
        {
            TdCallLeaf.VpWr, new() { Rdx = 0xA120_0000_0000_0005, R8 = 3, R9 = 3 }, default, 0,
            "TDG.VP.WR(CPUID_CONTROL[5], value=0x3, mask=0x3) = SUCCESS {old=0x0}"
        },
        {
            TdCallLeaf.SysRd, new() { Rdx = 0x0A00_0003_0000_0008 }, new() { R8 = 0x18, Rdx = 0x0800_0002_0000_0000 }, 0,
            "TDG.SYS.RD(TDX_FEATURES0) = SUCCESS {0x18, next=VENDOR_ID}"
        },
        {
            TdCallLeaf.SysRdAll, new() { Rdx = 0x3000, R8 = ulong.MaxValue }, new() { R8 = ulong.MaxValue }, 0,
            "TDG.SYS.RDALL(list=0x3000, none) = SUCCESS {next=none}"
        },
        {
            TdCallLeaf.ServTdRd, new() { Rcx = 5, Rdx = 0x9810_0003_0000_0010 }, default, 0xC0000D0500000000,
            "TDG.SERVTD.RD(binding=0x5, MIG_DEC_KEY[0]) = SERVTD_NOT_BOUND"
        },
        {
            TdCallLeaf.ServTdWr, new() { Rcx = 5, Rdx = 0x9810_0001_0000_0020, R8 = 1, R9 = 2 }, default, 0xC0000D0500000000,
            "TDG.SERVTD.WR(binding=0x5, MIG_VERSION, value=0x1, mask=0x2) = SERVTD_NOT_BOUND"
        },
        { TdCallLeaf.MrVerifyReport, new() { Rcx = 0x1100 }, default, 0xC000100100000000, "TDG.MR.VERIFYREPORT(mac=0x1100) = INVALID_REPORTMACSTRUCT" },
        {
            TdCallLeaf.MemPageAttrRd, new() { Rcx = 0x7000 }, new() { Rcx = 0x4000_0000_0000_7000, Rdx = 0x8007 }, 0,
            "TDG.MEM.PAGE.ATTR.RD(gpa=0x7000) = SUCCESS {gpa=0x7000, 4K, pending, attributes=0x8007}"
        },
        {
            TdCallLeaf.MemPageAttrWr, new() { Rcx = 0x20_0001, Rdx = 1, R8 = 2 }, new() { Rcx = 0x20_0001, Rdx = 7 }, 0,
            "TDG.MEM.PAGE.ATTR.WR(gpa=0x200000, 2M, attributes=0x1, changes=0x2) = SUCCESS {gpa=0x200000, 2M, attributes=0x7}"
        },
        {
            TdCallLeaf.VpEnter, new() { Rcx = 1, Rdx = 2, R8 = 3, R9 = 4 }, default, 0xC000010000000000,
            "TDG.VP.ENTER(rcx=0x1, rdx=0x2, r8=0x3, r9=0x4) = OPERAND_INVALID+RAX"
        },
        { (TdCallLeaf)0x99, default, default, 0xC000010000000000, "TDCALL.0x99(rcx=0x0, rdx=0x0, r8=0x0, r9=0x0) = OPERAND_INVALID+RAX" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Format_TdCall_NamesOperandsAndResults(TdCallLeaf leaf, KvmRegs input, KvmRegs output, ulong status, string expected)
    {
        TraceRecord record = TestRecords.TdCall(leaf, input, output, status);

        Assert.Equal($"[vcpu1] {expected} <1.2us>", Formatter.Format(in record));
    }

    [Fact]
    public void Format_NewerVersion_SaysSo()
    {
        TraceRecord record = TestRecords.TdCall(
            TdCallLeaf.VmRd, new() { Rdx = ulong.MaxValue }, new() { Rdx = 0x1110_0003_0000_0000 }, 0x00000C0B00000000, version: 1);

        Assert.Equal(
            "[vcpu1] TDG.VM.RD/1(none) = METADATA_FIRST_FIELD_ID_IN_CONTEXT {0x0, next=ATTRIBUTES} <1.2us>", Formatter.Format(in record));
    }

    [Fact]
    public void Format_Violation_TellsIt()
    {
        TraceRecord record = TestRecords.TdCall(TdCallLeaf.MrReport, new() { Rcx = 0x7000, Rdx = 0x1000 });
        record.Violation = new SeptViolation(0x7000, GuestAccess.Write, PageState.Pending);

        Assert.True(record.IsError);
        Assert.Equal(
            "[vcpu1] TDG.MR.REPORT(report=0x7000, data=0x1000) = EPT_VIOLATION {private write of page that was never accepted, 0x7000} <1.2us>",
            Formatter.Format(in record));
    }

    [Fact]
    public void Format_RaisedVe_TellsWhyAndWhere()
    {
        TraceRecord record = TestRecords.Ve(new VeInfo(VmxExitReason.IoInstruction, 0x60_0008, InstructionLength: 2), rip: 0x1234);

        Assert.Equal("[vcpu0] #VE {IO_INSTRUCTION in port=0x60 size=1 length=2} at rip=0x1234", Formatter.Format(in record));
    }

    [Fact]
    public void Format_EveryLeafOfTheEnumeration_HasASpecifiedName() =>
        Assert.All(Enum.GetValues<TdCallLeaf>(), leaf => Assert.StartsWith("TDG.", leaf.SpecName(), StringComparison.Ordinal));
}

using Vmm.Host.Configuration;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.TdCalls;

/// <summary>TDG.VM.RD/WR (7, 8), TDG.VP.RD/WR (9, 10), TDG.SYS.RD/RDALL (11, 12), TDG.SERVTD.RD/WR (18, 20).</summary>
public sealed class MetadataTests
{
    private const ulong NoField = ulong.MaxValue;
    private const ulong Attributes = 0x1110_0003_0000_0000;
    private const ulong NotifyEnables = 0x9110_0003_0000_0010;
    private const ulong NotifyEnablesOfLinux = 0x9100_0000_0000_0010;
    private const ulong ConfigFlags = 0x1110_0003_0000_0016;
    private const ulong TdCtls = 0x1110_0003_0000_0017;
    private const ulong MrOwner = 0x1310_0003_0000_0018;
    private const ulong MigDecKey = 0x9810_0003_0000_0010;
    private const ulong VcpuIndex = 0xA020_0002_0000_0002;
    private const ulong CpuidSupervisorVe = 0xA020_0000_0000_0007;
    private const ulong CpuidUserVe = 0xA020_0000_0000_0008;
    private const ulong VendorId = 0x0800_0002_0000_0000;
    private const ulong NoRbpMod = 1 << 2;

    private static Registers VmRd(ulong field) => TdCall(7) with { Rcx = 0, Rdx = field };

    private static Registers Wr(ulong leaf, ulong field, ulong value, ulong mask) => TdCall(leaf) with { Rcx = 0, Rdx = field, R8 = value, R9 = mask };

    private static Func<Registers, Registers> Reads(ulong value) => r => r with { Rax = 0, R8 = value };

    private static Func<Registers, Registers> Refuses(ulong status) => r => r with { Rax = status, R8 = 0 };

    [KvmFact]
    public void VmRd_Fields_AreFoundByClassAndCode()
    {
        byte[] owner = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
        new CallTable
        {
            { VmRd(Attributes), Reads(SeptVeDisable) },
            { VmRd(ConfigFlags), Reads(NoRbpMod) },
            { VmRd(ConfigFlags | (1UL << 63)), Reads(NoRbpMod) },
            { VmRd(0x9010_0002_0000_0001), Reads(1) }, // NUM_VCPUS
            { VmRd(0x1110_0002_0000_0002), Reads(1) }, // MAX_VCPUS
            { VmRd(MrOwner), Reads(0x0706_0504_0302_0100) },
            { VmRd(MrOwner + 5), Reads(0x2F2E_2D2C_2B2A_2928) },
            { VmRd(NotifyEnablesOfLinux), Reads(0) },
        }.Check(options: new TdOptions { Td = new TdConfig { MrOwner = owner } }).Dispose();
    }

    [KvmFact]
    public void VmRd_BadOperands_ReturnZeroInR8()
    {
        new CallTable
        {
            { VmRd(Attributes) with { Rcx = 1 }, Refuses(OperandInvalid + RcxId) },
            { VmRd(Attributes | (1UL << 24)), Refuses(FieldIdIncorrect) },
            { VmRd(Attributes | (1UL << 34)), Refuses(FieldIdIncorrect) },
            { VmRd(Attributes | (1UL << 38)), Refuses(FieldIdIncorrect) },
            { VmRd(Attributes | (1UL << 47)), Refuses(FieldIdIncorrect) },
            { VmRd(Attributes | (1UL << 55)), Refuses(FieldIdIncorrect) },
            { VmRd(Attributes | (1UL << 62)), Refuses(FieldIdIncorrect) },
            { VmRd(0x1110_0003_00FF_FFFF), Refuses(FieldIdIncorrect) },
            { VmRd(MrOwner + 6), Refuses(FieldIdIncorrect) },
            { VmRd(NoField), Refuses(FieldIdIncorrect) },
            { VmRd(MigDecKey), Refuses(FieldNotReadable) },
        }.Check().Dispose();
    }

    [KvmFact]
    public void VmRd_Version1_EnumeratesAllFields()
    {
        const ulong Version1 = 1 << 16;
        const int Most = 64;
        TestProgram program = new();
        using TdRun run = new CallTable
        {
            { TdCall(7 | Version1) with { Rcx = 0, Rdx = NoField }, r => r with { Rax = FirstFieldIdInContext, Rdx = 0x8010_0003_0000_0020, R8 = 0 } },
            { TdCall(7 | Version1) with { Rcx = 0, Rdx = Attributes + 1 }, r => r with { Rax = 0, Rdx = 0x1110_0002_0000_0002, R8 = 7 } },
            { TdCall(7 | Version1) with { Rcx = 0, Rdx = 0x9C10_0002_0000_023F }, r => r with { Rax = 0, Rdx = NoField, R8 = 0 } },
            { TdCall(7 | Version1) with { Rcx = 0, Rdx = Most << 24 }, r => r with { Rax = FieldIdIncorrect, Rdx = NoField, R8 = 0 } },
        }.Check(program);
    }

    [KvmFact]
    public void VmWr_NotifyEnables_HasOneWritableBit()
    {
        new CallTable
        {
            { Wr(8, NotifyEnables, 1, ulong.MaxValue), Reads(0) },
            { VmRd(NotifyEnables), Reads(1) },
            { Wr(8, NotifyEnablesOfLinux, 0, ulong.MaxValue), Reads(1) },
            { VmRd(NotifyEnables), Reads(0) },
            { Wr(8, NotifyEnables, 1, 2), Refuses(FieldNotWritable) },
            { Wr(8, NotifyEnables, 3, 3), Refuses(FieldValueNotValid) },
            { Wr(8, NotifyEnables, 1, 0), Refuses(FieldNotWritable) },
            { VmRd(NotifyEnables), Reads(0) },
        }.Check().Dispose();
    }

    [KvmFact]
    public void VmWr_BadOperands_AreRefused()
    {
        new CallTable
        {
            { Wr(8, Attributes, 0, ulong.MaxValue), Refuses(FieldNotWritable) },
            { Wr(8, NotifyEnables, 1, 1) with { Rcx = 1 }, Refuses(OperandInvalid + RcxId) },
            { Wr(8, NotifyEnables | (1UL << 24), 1, 1), Refuses(FieldIdIncorrect) },
            { Wr(8, NoField, 1, 1), Refuses(FieldIdIncorrect) },
            { Wr(8, TdCtls, 0, 1), Refuses(FieldValueNotValid) }, // PENDING_VE_DISABLE is fixed without FLEXIBLE_PENDING_VE
        }.Check().Dispose();
    }

    [KvmFact]
    public void VmWr_TdCtls_ReduceVeImpliesTopologyAndCpuid2()
    {
        new CallTable
        {
            { VmRd(TdCtls), Reads(1) },
            { Wr(8, TdCtls, 8, 8), Reads(1) },
            { VmRd(TdCtls), Reads(0xF) },
        }.Check().Dispose();
    }

    [KvmFact]
    public void VpRd_Fields_AnswerNextFieldInRdx()
    {
        new CallTable
        {
            { TdCall(9) with { Rcx = 0, Rdx = VcpuIndex }, r => r with { Rax = 0, Rdx = CpuidSupervisorVe, R8 = 0 } },
            { TdCall(9) with { Rcx = 0, Rdx = NoField }, r => r with { Rax = FirstFieldIdInContext, Rdx = VcpuIndex, R8 = 0 } },
            { TdCall(9) with { Rcx = 1, Rdx = VcpuIndex }, r => r with { Rax = OperandInvalid + RcxId, Rdx = NoField, R8 = 0 } },
            { TdCall(9) with { Rcx = 0, Rdx = 0xA020_0003_0000_0FFF }, r => r with { Rax = FieldIdIncorrect, Rdx = NoField, R8 = 0 } },
            { TdCall(9) with { Rcx = 0, Rdx = 0xA120_0000_0000_007F }, r => r with { Rax = 0, Rdx = NoField, R8 = 0 } },
        }.Check().Dispose();
    }

    [KvmFact]
    public void CpuidVe_SetByLeafOrMetadata_IsOneState()
    {
        new CallTable
        {
            { TdCall(5) with { Rcx = 3 }, Succeeds },
            { TdCall(9) with { Rcx = 0, Rdx = CpuidSupervisorVe }, r => r with { Rax = 0, Rdx = CpuidUserVe, R8 = 1 } },
            { Wr(10, CpuidUserVe, 0, 1), Reads(1) },
            { Wr(10, CpuidSupervisorVe, 0, ulong.MaxValue), Reads(1) },
            { Wr(10, VcpuIndex, 1, 1), Refuses(FieldNotWritable) },
            { TdCall(5) with { Rcx = 2 }, Succeeds },
            { Wr(10, CpuidUserVe, 1, 1), Reads(1) },
            { Wr(10, CpuidSupervisorVe, 1, 1), Reads(0) },
            { TdCall(5) with { Rcx = 4 }, Fails(OperandInvalid + RcxId) },
            { TdCall(5) with { Rcx = 1UL << 63 }, Fails(OperandInvalid + RcxId) },
            { TdCall(5) with { Rcx = 0 }, Succeeds },
        }.Check().Dispose();
    }

    [KvmFact]
    public void SysRd_Vendor_IsIntel()
    {
        new CallTable
        {
            { TdCall(11) with { Rdx = VendorId }, r => r with { Rax = 0, Rdx = 0x0800_0001_0000_0003, R8 = 0x8086 } },
            { TdCall(11) with { Rdx = NoField }, r => r with { Rax = FirstFieldIdInContext, Rdx = VendorId, R8 = 0 } },
            { TdCall(11) with { Rdx = VendorId | (1UL << 62) }, r => r with { Rax = FieldIdIncorrect, Rdx = NoField, R8 = 0 } },
        }.Check().Dispose();
    }

    [KvmFact]
    public void SysRdAll_PrivatePage_GetsListOfAllFields()
    {
        const ulong Page = TestProgram.Scratch;
        using TdRun run = new CallTable
        {
            { TdCall(12) with { Rdx = Page, R8 = NoField }, r => r with { Rax = 0, R8 = NoField } },
            { TdCall(12) with { Rdx = Page + 8, R8 = NoField }, r => r with { Rax = OperandInvalid + RdxId, R8 = NoField } },
            { TdCall(12) with { Rdx = Page | TestHost.SharedBit, R8 = NoField }, r => r with { Rax = OperandInvalid + RdxId, R8 = NoField } },
            { TdCall(12) with { Rdx = Page, R8 = 1UL << 62 }, r => r with { Rax = FieldIdIncorrect, R8 = NoField } },
        }.Check();

        Assert.NotEqual(0UL, run.Quadword(Page) & 0xFFFF);
        Assert.Equal((VendorId, 0x8086UL), (run.Quadword(Page + 8), run.Quadword(Page + 16)));
    }

    [KvmFact]
    public void ServTd_NoneBound_IsNotBound()
    {
        new CallTable
        {
            { TdCall(18), r => r with { Rax = ServTdNotBound, Rdx = NoField, R8 = 0 } },
            { TdCall(20), r => r with { Rax = ServTdNotBound, R8 = 0 } },
        }.Check().Dispose();
    }

    [KvmFact]
    public void VeInfoGet_NothingPending_IsNoValidVeInfoWithZeros()
    {
        new CallTable
        {
            { TdCall(3), r => r with { Rax = NoValidVeInfo, Rcx = 0, Rdx = 0, R8 = 0, R9 = 0, R10 = 0 } },
        }.Check().Dispose();
    }
}

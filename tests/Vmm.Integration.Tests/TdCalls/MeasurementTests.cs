using System.Buffers.Binary;
using System.Security.Cryptography;
using Vmm.Host.Configuration;
using Vmm.Integration.Tests.Harness;
using Vmm.Testing;
using static Iced.Intel.AssemblerRegisters;
using static Vmm.Integration.Tests.Harness.Spec;

namespace Vmm.Integration.Tests.TdCalls;

/// <summary>TDG.MR.RTMR.EXTEND (2), TDG.MR.REPORT (4), TDG.MR.VERIFYREPORT (22).</summary>
public sealed class MeasurementTests
{
    private const int ReportSize = 1024;
    private const int MacSize = 256;
    private const int TdInfo = 512;
    private const int FirstRtmr = TdInfo + 208;
    private const int DigestSize = SHA384.HashSizeInBytes;
    private const ulong PastMemory = 0x4000_0000;

    private readonly TestProgram _program = new();
    private readonly byte[] _digest = [.. Enumerable.Range(1, DigestSize).Select(i => (byte)i)];

    [KvmFact]
    public void RtmrExtend_EachRegister_IsHashOfOldAndNew()
    {
        ulong digest = _program.Data(_digest, 64);
        ulong before = _program.Zeros(ReportSize, ReportSize);
        ulong report = _program.Zeros(ReportSize, ReportSize);
        ulong data = _program.Zeros(64, 64);
        using TdRun run = new CallTable
        {
            { TdCall(4) with { Rcx = before, Rdx = data, R8 = 0 }, Succeeds },
            { TdCall(2) with { Rcx = digest, Rdx = 0 }, Succeeds },
            { TdCall(2) with { Rcx = digest, Rdx = 3 }, Succeeds },
            { TdCall(2) with { Rcx = digest, Rdx = 3 }, Succeeds },
            { TdCall(4) with { Rcx = report, Rdx = data, R8 = 0 }, Succeeds },
        }.Check(_program);

        // RTMR0 to RTMR2 begin as the launch left them, RTMR3 is the guest's own.
        byte[] launch = run.Bytes(before + FirstRtmr, 4 * DigestSize).ToArray();
        Assert.Equal(new byte[DigestSize], launch[(3 * DigestSize)..]);
        byte[] once = SHA384.HashData([.. launch[..DigestSize], .. _digest]);
        byte[] twice = SHA384.HashData([.. SHA384.HashData([.. new byte[DigestSize], .. _digest]), .. _digest]);
        byte[] expected = [.. once, .. launch[DigestSize..(3 * DigestSize)], .. twice];
        Assert.Equal(expected, run.Bytes(report + FirstRtmr, expected.Length).ToArray());
    }

    [KvmFact]
    public void RtmrExtend_BadOperands_AreRefused()
    {
        ulong digest = _program.Data(_digest, 64);
        CallTable table = new()
        {
            { TdCall(2) with { Rcx = digest, Rdx = 4 }, Fails(OperandInvalid + RdxId) },
            { TdCall(2) with { Rcx = digest, Rdx = 1UL << 32 }, Fails(OperandInvalid + RdxId) },
            { TdCall(2) with { Rcx = digest + 32, Rdx = 0 }, Fails(OperandInvalid + RcxId) },
            { TdCall(2) with { Rcx = digest | TestHost.SharedBit, Rdx = 0 }, Fails(OperandInvalid + RcxId) },
            { TdCall(2) with { Rcx = digest | (1UL << 52), Rdx = 0 }, Fails(OperandInvalid + RcxId) },
            { TdCall(2) with { Rcx = digest | (1UL << 63), Rdx = 0 }, Fails(OperandInvalid + RcxId) },
            { TdCall(2) with { Rcx = PastMemory, Rdx = 0 }, Fails(OperandInvalid + RcxId) },
        };
        if (TestHost.Gpaw < 52)
        {
            table.Add(TdCall(2) with { Rcx = digest | (1UL << 51), Rdx = 0 }, Fails(OperandInvalid + RcxId));
        }

        table.Check(_program).Dispose();
    }

    [KvmFact]
    public void Report_PrivateAndSharedOperands_HasLayoutAndHashesOfSpecification()
    {
        byte[] reportData = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 3))];
        byte[] owner = [.. Enumerable.Repeat((byte)0x5A, DigestSize)];
        ulong data = _program.Data(reportData, 64);
        ulong report = _program.Zeros(ReportSize, ReportSize);
        ulong shared = TestProgram.Scratch | TestHost.SharedBit;
        using TdRun run = new CallTable
        {
            { TdCall(4) with { Rcx = report, Rdx = data, R8 = 0 }, Succeeds },
            { VmCall(0x10001) with { R12 = shared, R13 = 0x1000 }, Answers(0) },
            { TdCall(4) with { Rcx = shared, Rdx = data, R8 = 0 }, Succeeds },
            { TdCall(4) with { Rcx = report, Rdx = shared, R8 = 0 }, Succeeds },
        }.Check(_program, new TdOptions { Td = new TdConfig { MrOwner = owner } });

        byte[] first = run.Bytes(TestProgram.Scratch, ReportSize).ToArray();
        Assert.Equal([0x81, 0, 0, 0], first[..4]);
        Assert.Equal(reportData, first[128..192]);
        Assert.Equal(SHA384.HashData(first.AsSpan(256, 239)), first[32..80]);
        Assert.Equal(SHA384.HashData(first.AsSpan(TdInfo, 512)), first[80..128]);
        Assert.Equal(SeptVeDisable, BinaryPrimitives.ReadUInt64LittleEndian(first.AsSpan(TdInfo)));
        Assert.Equal(owner, first[(TdInfo + 112)..(TdInfo + 160)]);
        Assert.All(first[495..512], value => Assert.Equal(0, value));

        // The last one attests what lay in the shared page: the beginning of the report before it.
        Assert.Equal(first[..64], run.Bytes(report + 128, 64).ToArray());
    }

    [KvmFact]
    public void Report_BadOperands_AreRefusedInTheOrderOfTheModule()
    {
        ulong data = _program.Zeros(64, 64);
        ulong report = _program.Zeros(ReportSize, ReportSize);
        using TdRun run = new CallTable
        {
            { TdCall(4) with { Rcx = report + 512, Rdx = data + 1, R8 = 1 }, Fails(OperandInvalid + RcxId) },
            { TdCall(4) with { Rcx = report, Rdx = data + 32, R8 = 1 }, Fails(OperandInvalid + RdxId) },
            { TdCall(4) with { Rcx = report, Rdx = PastMemory, R8 = 1 }, Fails(OperandInvalid + RdxId) },
            { TdCall(4) with { Rcx = report, Rdx = data, R8 = 1 }, Fails(OperandInvalid + R8Id) },
            { TdCall(4) with { Rcx = report, Rdx = data, R8 = 0x100 }, Fails(OperandInvalid + R8Id) },
            { TdCall(4) with { Rcx = PastMemory, Rdx = data, R8 = 1 }, Fails(OperandInvalid + R8Id) },
            { TdCall(4) with { Rcx = PastMemory, Rdx = data, R8 = 0 }, Fails(OperandInvalid + RcxId) },
            { TdCall(4) with { Rcx = report | (1UL << 60), Rdx = data, R8 = 0 }, Fails(OperandInvalid + RcxId) },
        }.Check(_program);
        Assert.All(run.Bytes(report, ReportSize).ToArray(), value => Assert.Equal(0, value));
    }

    [KvmFact]
    public void VerifyReport_OwnReport_SucceedsAndChangedOneDoesNot()
    {
        ulong data = _program.Zeros(64, 64);
        ulong report = _program.Zeros(ReportSize, ReportSize);
        ulong invented = _program.Zeros(MacSize, MacSize);
        new CallTable
        {
            { TdCall(4) with { Rcx = report, Rdx = data, R8 = 0 }, Succeeds },
            { TdCall(22) with { Rcx = report }, Succeeds },
            { TdCall(22) with { Rcx = invented }, Fails(0xC000_1000_0000_0000) },
            { TdCall(22) with { Rcx = report + 128 }, Fails(OperandInvalid + RcxId) },
            { TdCall(22) with { Rcx = report | TestHost.SharedBit }, Fails(OperandInvalid + RcxId) },

            // A second report written half over the first: the part with the MAC stays of the first.
            { TdCall(4) with { Rcx = report, Rdx = report, R8 = 0 }, Succeeds },
            { TdCall(22) with { Rcx = report }, Succeeds },
        }.Check(_program).Dispose();
    }

    [KvmFact]
    public void VerifyReport_ReportDataChanged_IsInvalidReportMacStruct()
    {
        ulong data = _program.Zeros(64, 64);
        ulong report = _program.Zeros(ReportSize, ReportSize);
        _program.Calls(TdCall(4) with { Rcx = report, Rdx = data, R8 = 0 });
        _program.mov(rax, report + 128);
        _program.inc(__byte_ptr[rax]);
        new CallTable { { TdCall(22) with { Rcx = report }, Fails(InvalidReportMacStruct) } }.Check(_program).Dispose();
    }
}

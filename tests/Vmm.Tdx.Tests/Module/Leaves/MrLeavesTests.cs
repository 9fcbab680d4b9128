using System.Security.Cryptography;
using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Tests.Attestation;

namespace Vmm.Tdx.Tests.Module.Leaves;

public sealed class MrLeavesTests : IDisposable
{
    private const ulong InvalidRcx = 0xC000010000000001;
    private const ulong InvalidRdx = 0xC000010000000002;
    private const ulong InvalidR8 = 0xC000010000000008;
    private const ulong Data = TdUnderTest.PrivatePage + 0x40;
    private const ulong Report = TdUnderTest.PrivatePage + 0x400;
    private const ulong SharedAlias = TdUnderTest.SharedPage | TdUnderTest.SharedBit;
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void RtmrExtend_Twice_IsTheChain(int index)
    {
        byte[] first = [.. Enumerable.Range(1, 48).Select(i => (byte)i)];
        byte[] second = [.. Enumerable.Range(100, 48).Select(i => (byte)i)];
        byte[] expected = SHA384.HashData([.. SHA384.HashData([.. new byte[48], .. first]), .. second]);

        foreach (byte[] digest in new[] { first, second })
        {
            _td.Memory.Write(Data, digest);
            _td.Complete(TdCallLeaf.MrRtmrExtend, TdUnderTest.Patterned() with { Rcx = Data, Rdx = (ulong)index }, 0);
        }

        Assert.Equal(expected, ((ReadOnlySpan<byte>)_td.Td.Rtmrs[index]).ToArray());
        Assert.Equal(new byte[48], ((ReadOnlySpan<byte>)_td.Td.Rtmrs[1]).ToArray());
    }

    [Fact]
    public async Task RtmrExtend_TwoVcpusAtOnce_IsBusyOrInTheChain()
    {
        byte[] digest = new byte[48];
        _td.Memory.Write(Data, digest);

        int[] extended = await Task.WhenAll(Task.Run(ExtendMany), Task.Run(ExtendMany));

        byte[] expected = new byte[48];
        for (int i = 0; i < extended.Sum(); i++)
        {
            expected = SHA384.HashData([.. expected, .. digest]);
        }

        Assert.Equal(expected, ((ReadOnlySpan<byte>)_td.Td.Rtmrs[0]).ToArray());

        int ExtendMany()
        {
            int successes = 0;
            for (int i = 0; i < 2000; i++)
            {
                KvmRegs registers = TdUnderTest.Patterned() with { Rcx = Data, Rdx = 0 };
                _td.Call(TdCallLeaf.MrRtmrExtend, ref registers);
                Assert.True(registers.Rax is 0 or 0x80000200000000A8);
                successes += registers.Rax == 0 ? 1 : 0;
            }

            return successes;
        }
    }

    [Theory]
    [InlineData(Data, 4, InvalidRdx)]
    [InlineData(Data, ulong.MaxValue, InvalidRdx)]
    [InlineData(Data + 0x20, 0, InvalidRcx)]
    [InlineData(Data + 0x20, 4, InvalidRcx)]
    [InlineData(SharedAlias, 0, InvalidRcx)]
    [InlineData(Data | 1UL << 52, 0, InvalidRcx)]
    [InlineData(Data | 1UL << 48, 0, InvalidRcx)]
    [InlineData(TdUnderTest.MemorySize, 0, InvalidRcx)]
    public void RtmrExtend_BadOperand_HasTheStatusOfTheSpecification(ulong rcx, ulong rdx, ulong status) =>
        _td.Complete(TdCallLeaf.MrRtmrExtend, TdUnderTest.Patterned() with { Rcx = rcx, Rdx = rdx }, status);

    [Theory]
    [InlineData(TdUnderTest.PendingPage, PageState.Pending)]
    [InlineData(TdUnderTest.SharedPage, PageState.Shared)] // by its private alias
    public void RtmrExtend_PageNotAccepted_IsAViolation(ulong page, PageState state) =>
        Assert.Equal(new SeptViolation(page, GuestAccess.Read, state), _td.Violate(TdCallLeaf.MrRtmrExtend, TdUnderTest.Patterned() with { Rcx = page, Rdx = 0 }));

    [Theory]
    [InlineData(Data, Report)]
    [InlineData(SharedAlias + 0x40, SharedAlias + 0x400)]
    [InlineData(Data, SharedAlias)]
    public void Report_PrivateOrShared_IsTheReportOfTheSpecification(ulong data, ulong report)
    {
        _td.Memory.Write(Data, new byte[48]);
        _td.Complete(TdCallLeaf.MrRtmrExtend, TdUnderTest.Patterned() with { Rcx = Data, Rdx = 2 }, 0);
        byte[] reportData = [.. Enumerable.Range(1, 64).Select(i => (byte)i)];
        _td.Memory.Write(data & ~TdUnderTest.SharedBit, reportData);

        _td.Complete(TdCallLeaf.MrReport, TdUnderTest.Patterned() with { Rcx = report, Rdx = data, R8 = 0 }, 0);

        byte[] bytes = _td.Memory.GetSpan(report & ~TdUnderTest.SharedBit, 1024).ToArray();
        ReferenceReport.AssertIntegrity(bytes, _td.Platform);
        Assert.Equal(reportData, bytes[128..192]);
        Assert.Equal(1UL << 28, BitConverter.ToUInt64(bytes, 512));
        Assert.Equal(7UL, BitConverter.ToUInt64(bytes, 520));
        foreach ((int offset, int seed) in new[] { (528, 0x10), (576, 0x20), (624, 0x30), (672, 0x40) })
        {
            Assert.Equal([.. Enumerable.Range(seed, 48).Select(i => (byte)i)], bytes[offset..(offset + 48)]);
        }

        Assert.Equal(new byte[96], bytes[720..816]);
        Assert.Equal(SHA384.HashData(new byte[96]), bytes[816..864]);
        Assert.Equal(new byte[160], bytes[864..1024]);
    }

    [Theory]
    [InlineData(Report + 0x200, Data + 1, 1, InvalidRcx)] // alignment of RCX is first
    [InlineData(Report, Data + 1, 1, InvalidRdx)]
    [InlineData(Report, Data | 1UL << 52, 1, InvalidRdx)]
    [InlineData(TdUnderTest.MemorySize, Data, 1, InvalidR8)] // R8 before the walk of RCX
    [InlineData(Report, Data, 0x100, InvalidR8)]
    [InlineData(TdUnderTest.MemorySize, Data, 0, InvalidRcx)]
    [InlineData(Report | 1UL << 48, Data, 0, InvalidRcx)]
    [InlineData(Report, TdUnderTest.MemorySize, 0, InvalidRdx)]
    public void Report_BadOperands_AreFoundInTheModulesOrder(ulong rcx, ulong rdx, ulong r8, ulong status) =>
        _td.Complete(TdCallLeaf.MrReport, TdUnderTest.Patterned() with { Rcx = rcx, Rdx = rdx, R8 = r8 }, status);

    [Fact]
    public void Report_PagesOfTheWrongKind_AreViolations()
    {
        KvmRegs good = TdUnderTest.Patterned() with { Rcx = Report, Rdx = Data, R8 = 0 };

        Assert.Equal(PageState.Pending, _td.Violate(TdCallLeaf.MrReport, good with { Rdx = TdUnderTest.PendingPage, R8 = 1 }).State);
        Assert.Equal(GuestAccess.Write, _td.Violate(TdCallLeaf.MrReport, good with { Rcx = TdUnderTest.PendingPage }).Access);
        Assert.Equal(PageState.Private, _td.Violate(TdCallLeaf.MrReport, good with { Rcx = Report | TdUnderTest.SharedBit }).State);
    }

    [Fact]
    public void VerifyReport_OwnReport_IsSuccess()
    {
        _td.Complete(TdCallLeaf.MrReport, TdUnderTest.Patterned() with { Rcx = Report, Rdx = Data, R8 = 0 }, 0);

        _td.Complete(TdCallLeaf.MrVerifyReport, TdUnderTest.Patterned() with { Rcx = Report }, 0);
    }

    [Fact]
    public void VerifyReport_AnyBitFlipped_IsRefused()
    {
        _td.Complete(TdCallLeaf.MrReport, TdUnderTest.Patterned() with { Rcx = Report, Rdx = Data, R8 = 0 }, 0);
        for (int bit = 0; bit < 256 * 8; bit++)
        {
            Span<byte> mac = _td.Memory.GetSpan(Report, 256);
            mac[bit / 8] ^= (byte)(1 << (bit % 8));

            ulong expected = bit / 8 is >= 16 and < 32 ? 0xC000100000000000 : 0xC000100100000000;
            KvmRegs registers = TdUnderTest.Patterned() with { Rcx = Report };
            _td.Call(TdCallLeaf.MrVerifyReport, ref registers);

            Assert.Equal(expected, registers.Rax);
            mac[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(Report + 0x80)]
    [InlineData(SharedAlias)]
    [InlineData(TdUnderTest.MemorySize)]
    public void VerifyReport_BadOperand_IsInvalidRcx(ulong rcx) =>
        _td.Complete(TdCallLeaf.MrVerifyReport, TdUnderTest.Patterned() with { Rcx = rcx }, InvalidRcx);

    [Fact]
    public void VerifyReport_PendingPage_IsAViolation() =>
        Assert.Equal(PageState.Pending, _td.Violate(TdCallLeaf.MrVerifyReport, TdUnderTest.Patterned() with { Rcx = TdUnderTest.PendingPage }).State);
}

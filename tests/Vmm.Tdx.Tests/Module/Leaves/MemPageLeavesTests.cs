using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Tests.Module.Leaves;

public sealed class MemPageLeavesTests : IDisposable
{
    private const ulong InvalidRcx = 0xC000010000000001;
    private const ulong Large = 2 * TdUnderTest.LargePage;
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(TdUnderTest.PrivatePage, 0x00000B0A00000000)]
    [InlineData(TdUnderTest.PendingPage, 0)]
    [InlineData(Large | 1, 0xC0000B0B00000001)] // 4 KiB entries below
    [InlineData(0x4000_0000 | 2, InvalidRcx)] // 1 GiB: Linux tries it first
    [InlineData(TdUnderTest.PrivatePage | 3, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | 7, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | 1, InvalidRcx)] // not aligned to 2 MiB
    [InlineData(TdUnderTest.PrivatePage | 8, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | 0x800, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | 1UL << 52, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | 1UL << 63, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | 1UL << 48, InvalidRcx)] // above GPAW
    [InlineData(TdUnderTest.PrivatePage | TdUnderTest.SharedBit, InvalidRcx)]
    [InlineData(TdUnderTest.MemorySize, InvalidRcx)] // no memory
    [InlineData(0xF_FFFF_F000, InvalidRcx)]
    public void MemPageAccept_Operand_HasTheStatusOfTheSpecification(ulong rcx, ulong status) =>
        _td.Complete(TdCallLeaf.MemPageAccept, TdUnderTest.Patterned() with { Rcx = rcx }, status);

    [Fact]
    public void MemPageAccept_LargePending_IsOneLargePage()
    {
        _td.Pages.Convert(Large, TdUnderTest.LargePage, shared: true);
        _td.Pages.Convert(Large, TdUnderTest.LargePage, shared: false);

        _td.Complete(TdCallLeaf.MemPageAccept, TdUnderTest.Patterned() with { Rcx = Large | 1 }, 0);

        _td.Complete(TdCallLeaf.MemPageAccept, TdUnderTest.Patterned() with { Rcx = Large | 1 }, 0x00000B0A00000001);
        _td.Complete(TdCallLeaf.MemPageAccept, TdUnderTest.Patterned() with { Rcx = Large + TdUnderTest.Page }, 0x00000B0A00000001);
    }

    [Theory]
    [InlineData(TdUnderTest.PrivatePage, TdUnderTest.PrivatePage)]
    [InlineData(TdUnderTest.PrivatePage + 0x123, TdUnderTest.PrivatePage)]
    [InlineData(TdUnderTest.PendingPage, TdUnderTest.PendingPage | 1UL << 62)]
    public void MemPageAttrRd_Page_TellsLevelAndPending(ulong rcx, ulong mapping)
    {
        KvmRegs output = _td.Complete(TdCallLeaf.MemPageAttrRd, TdUnderTest.Patterned() with { Rcx = rcx }, 0, "Rcx Rdx");

        Assert.Equal((mapping, 0UL), (output.Rcx, output.Rdx));
    }

    [Theory]
    [InlineData(TdUnderTest.PrivatePage | 1UL << 52)]
    [InlineData(TdUnderTest.PrivatePage | 1UL << 48)]
    [InlineData(TdUnderTest.PrivatePage | TdUnderTest.SharedBit)]
    [InlineData(TdUnderTest.MemorySize)]
    public void MemPageAttrRd_BadAddress_IsInvalidRcxAndZeros(ulong rcx)
    {
        KvmRegs output = _td.Complete(TdCallLeaf.MemPageAttrRd, TdUnderTest.Patterned() with { Rcx = rcx }, InvalidRcx, "Rcx Rdx");

        Assert.Equal((0UL, 0UL), (output.Rcx, output.Rdx));
    }

    [Fact]
    public void MemPageAttr_SharedPage_IsAViolation()
    {
        Assert.Equal(PageState.Shared, _td.Violate(TdCallLeaf.MemPageAttrRd, TdUnderTest.Patterned() with { Rcx = TdUnderTest.SharedPage }).State);
        Assert.Equal(PageState.Shared, _td.Violate(TdCallLeaf.MemPageAttrWr, TdUnderTest.Patterned() with { Rcx = TdUnderTest.SharedPage, Rdx = 0, R8 = 0 }).State);
    }

    [Theory]
    [InlineData(TdUnderTest.PrivatePage, 1, 0, 0xC000010000000002)]
    [InlineData(TdUnderTest.PrivatePage, 0, 0x8000, 0xC000010000000008)]
    [InlineData(TdUnderTest.PrivatePage, 0x1_0000, 0x8000, 0xC000010000000008)] // L1's mask before L2's attributes
    [InlineData(TdUnderTest.PrivatePage, 0x8000_0000_0000_0000, 0, 0xC000010000000002)]
    [InlineData(TdUnderTest.PrivatePage | 8, 0, 0, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | 1, 0, 0, InvalidRcx)]
    [InlineData(TdUnderTest.PrivatePage | TdUnderTest.SharedBit, 0, 0, InvalidRcx)]
    [InlineData(TdUnderTest.MemorySize, 0, 0, InvalidRcx)]
    [InlineData(Large | 1, 0, 0, 0xC0000B0B00000001)]
    public void MemPageAttrWr_BadOperand_HasTheStatusOfTheSpecification(ulong rcx, ulong attributes, ulong masks, ulong status)
    {
        KvmRegs output = _td.Complete(TdCallLeaf.MemPageAttrWr, TdUnderTest.Patterned() with { Rcx = rcx, Rdx = attributes, R8 = masks }, status, "Rcx Rdx");

        Assert.Equal((0UL, 0UL), (output.Rcx, output.Rdx));
    }

    [Fact]
    public void MemPageAttrWr_SmallerThanMapped_SplitsAsTheVmmWould()
    {
        _td.Pages.Convert(Large, TdUnderTest.LargePage, shared: true);
        _td.Pages.Convert(Large, TdUnderTest.LargePage, shared: false);
        _td.Complete(TdCallLeaf.MemPageAccept, TdUnderTest.Patterned() with { Rcx = Large | 1 }, 0);
        KvmRegs before = _td.Complete(TdCallLeaf.MemPageAttrRd, TdUnderTest.Patterned() with { Rcx = Large + TdUnderTest.Page }, 0, "Rcx Rdx");

        _td.Complete(TdCallLeaf.MemPageAttrWr, TdUnderTest.Patterned() with { Rcx = Large, Rdx = 0, R8 = 0 }, 0, "Rcx Rdx");

        KvmRegs after = _td.Complete(TdCallLeaf.MemPageAttrRd, TdUnderTest.Patterned() with { Rcx = Large + TdUnderTest.Page }, 0, "Rcx Rdx");
        Assert.Equal((Large | 1, Large + TdUnderTest.Page), (before.Rcx, after.Rcx));
    }
}

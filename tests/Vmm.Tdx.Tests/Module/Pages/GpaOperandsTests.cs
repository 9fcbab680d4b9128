using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Pages;

namespace Vmm.Tdx.Tests.Module.Pages;

public sealed class GpaOperandsTests : IDisposable
{
    private const ulong Private = TdUnderTest.PrivatePage;
    private const ulong SharedAlias = TdUnderTest.SharedPage | TdUnderTest.SharedBit;
    private readonly TdUnderTest _td = new();

    public void Dispose() => _td.Dispose();

    [Theory]
    [InlineData(Private | 1UL << 52, false)]
    [InlineData(Private | 1UL << 63, true)]
    [InlineData(Private | 1UL << 48, true)] // 51:48 under a GPAW of 48
    [InlineData(Private | 1UL << 51, true)]
    [InlineData(SharedAlias, false)] // private only
    [InlineData(Private + 32, true)]
    [InlineData(Private + 1, true)]
    [InlineData(TdUnderTest.MemorySize, true)]
    [InlineData(ulong.MaxValue, true)]
    public void Resolve_BadAddress_IsInvalidWithTheOperand(ulong gpa, bool allowShared)
    {
        TdCallResult result = Resolve(gpa, allowShared, out int length);

        Assert.Equal((0xC000010000000008UL, 0), (result.Status.Value, length));
        Assert.Null(result.Violation);
    }

    [Theory]
    [InlineData(Private, false)]
    [InlineData(Private + 64, true)]
    [InlineData(SharedAlias, true)]
    [InlineData(TdUnderTest.MemorySize - 64, false)]
    public void Resolve_GoodAddress_IsTheBytes(ulong gpa, bool allowShared)
    {
        Assert.True(Resolve(gpa, allowShared, out int length).IsSuccess);
        Assert.Equal(64, length);
    }

    [Theory]
    [InlineData(TdUnderTest.PendingPage, PageState.Pending)]
    [InlineData(TdUnderTest.PendingPage | TdUnderTest.SharedBit, PageState.Pending)]
    [InlineData(TdUnderTest.SharedPage, PageState.Shared)]
    [InlineData(Private | TdUnderTest.SharedBit, PageState.Private)]
    public void Resolve_PageOfAnotherState_IsAViolationWithTheAddressAsGiven(ulong gpa, PageState state)
    {
        TdCallResult result = Resolve(gpa, true, out int length);

        Assert.Equal(new SeptViolation(gpa, GuestAccess.Read, state), result.Violation);
        Assert.Equal(0, length);
    }

    [Fact]
    public void Resolve_Gpaw52_HasTheSharedBitOnTop()
    {
        var operands = new GpaOperands(_td.Memory, _td.Pages, new GpaWidth(52));

        TdCallResult shared = operands.Resolve(TdUnderTest.SharedPage | 1UL << 51, OperandId.R8, 64, 64, true, GuestAccess.Read, out _);
        TdCallResult high = operands.Resolve(Private | 1UL << 48, OperandId.R8, 64, 64, true, GuestAccess.Read, out _);

        Assert.True(shared.IsSuccess);
        Assert.Equal(0xC000010000000008UL, high.Status.Value); // a legal address without memory
    }

    private TdCallResult Resolve(ulong gpa, bool allowShared, out int length)
    {
        var operands = new GpaOperands(_td.Memory, _td.Pages, TdUnderTest.Width);
        TdCallResult result = operands.Resolve(gpa, OperandId.R8, 64, 64, allowShared, GuestAccess.Read, out Span<byte> span);
        length = span.Length;
        return result;
    }
}

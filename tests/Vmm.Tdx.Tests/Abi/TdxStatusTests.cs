using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tests.Abi;

public sealed class TdxStatusTests
{
    [Theory]
    [InlineData(OperandId.RAX, 0xC000010000000000)]
    [InlineData(OperandId.RCX, 0xC000010000000001)]
    [InlineData(OperandId.RDX, 0xC000010000000002)]
    public void OperandInvalid_WithRegister_IsTheModulesValue(OperandId operand, ulong expected) =>
        Assert.Equal(expected, TdxStatus.OperandInvalid.With(operand).Value);

    [Fact]
    public void OperandBusy_WithRtmr_IsTheModulesValue() => Assert.Equal(0x80000200000000A8, TdxStatus.OperandBusy.With(OperandId.RTMR).Value);

    [Fact]
    public void NoValidVeInfo_Value_IsTheModulesValue() => Assert.Equal(0xC000070400000000, TdxStatus.NoValidVeInfo.Value);

    [Fact]
    public void PageAlreadyAccepted_AtLevel_IsNoError()
    {
        TdxStatus status = TdxStatus.PageAlreadyAccepted.WithDetails(1);

        Assert.Equal(0x00000B0A00000001UL, status.Value);
        Assert.False(status.IsError);
        Assert.False(status.IsSuccess);
    }

    [Theory]
    [InlineData(0x0, "SUCCESS")]
    [InlineData(0xC000010000000000, "OPERAND_INVALID+RAX")]
    [InlineData(0xC000010000000001, "OPERAND_INVALID+RCX")]
    [InlineData(0x80000200000000A8, "OPERAND_BUSY+RTMR")]
    [InlineData(0x00000B0A00000001, "PAGE_ALREADY_ACCEPTED+1")]
    [InlineData(0xC0000D0500000000, "SERVTD_NOT_BOUND")]
    [InlineData(0xDEAD000000000000, "0xDEAD0000")]
    public void ToString_OfStatus_IsTheSpecificationsName(ulong value, string expected) => Assert.Equal(expected, new TdxStatus(value).ToString());

    [Fact]
    public void Codes_All_KeepReservedBitsClear() =>
        Assert.All(Enum.GetValues<TdxStatusCode>(), code => Assert.Equal(0U, (uint)code & 0x0FFF0000));
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Tests.Abi;

public sealed class TdReportTests
{
    [Fact]
    public void Parts_Sizes_AreThoseOfTheSpecification()
    {
        Assert.Equal(1024, Unsafe.SizeOf<TdReport>());
        Assert.Equal(256, Unsafe.SizeOf<ReportMacStruct>());
        Assert.Equal(239, Unsafe.SizeOf<TeeTcbInfo>());
        Assert.Equal(512, Unsafe.SizeOf<TdInfo>());
    }

    [Theory]
    [InlineData(typeof(TdReport), nameof(TdReport.TcbInfo), 256)]
    [InlineData(typeof(TdReport), nameof(TdReport.TdInfo), 512)]
    [InlineData(typeof(ReportMacStruct), nameof(ReportMacStruct.CpuSvn), 16)]
    [InlineData(typeof(ReportMacStruct), nameof(ReportMacStruct.TeeTcbInfoHash), 32)]
    [InlineData(typeof(ReportMacStruct), nameof(ReportMacStruct.TeeInfoHash), 80)]
    [InlineData(typeof(ReportMacStruct), nameof(ReportMacStruct.ReportData), 128)]
    [InlineData(typeof(ReportMacStruct), nameof(ReportMacStruct.Mac), 224)]
    [InlineData(typeof(TeeTcbInfo), nameof(TeeTcbInfo.TeeTcbSvn), 8)]
    [InlineData(typeof(TeeTcbInfo), nameof(TeeTcbInfo.MrSeam), 24)]
    [InlineData(typeof(TeeTcbInfo), nameof(TeeTcbInfo.MrSignerSeam), 72)]
    [InlineData(typeof(TeeTcbInfo), nameof(TeeTcbInfo.Attributes), 120)]
    [InlineData(typeof(TeeTcbInfo), nameof(TeeTcbInfo.TeeTcbSvn2), 128)]
    [InlineData(typeof(TdInfo), nameof(TdInfo.Xfam), 8)]
    [InlineData(typeof(TdInfo), nameof(TdInfo.MrTd), 16)]
    [InlineData(typeof(TdInfo), nameof(TdInfo.MrConfigId), 64)]
    [InlineData(typeof(TdInfo), nameof(TdInfo.MrOwner), 112)]
    [InlineData(typeof(TdInfo), nameof(TdInfo.MrOwnerConfig), 160)]
    [InlineData(typeof(TdInfo), nameof(TdInfo.Rtmrs), 208)]
    [InlineData(typeof(TdInfo), nameof(TdInfo.ServTdHash), 400)]
    public void Field_Offset_IsThatOfTheSpecification(Type type, string field, int expected) => Assert.Equal(expected, (int)Marshal.OffsetOf(type, field));
}

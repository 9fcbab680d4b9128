using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;

namespace Vmm.Tdx.Tests.Attestation;

public sealed class TdReportBuilderTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];

    [Fact]
    public void Build_KnownKey_IsTheReferencesReport()
    {
        var platform = new EmulatedPlatform(Key);

        byte[] report = Build(platform);

        ReferenceReport.AssertIntegrity(report, platform);
        Assert.Equal(ReferenceReport.Hmac(Key, report[..224]), report[224..256]);
        Assert.Equal(0x301FFUL, BitConverter.ToUInt64(report, 256));
    }

    [Fact]
    public void Build_Identities_SayInPlainTextThatNothingIsConfidential()
    {
        byte[] report = Build(new EmulatedPlatform());

        Assert.Equal("EMULATED CPU SVN", ReferenceReport.Text(report[16..32]));
        Assert.Equal("EMULATED-NOT-TDX", ReferenceReport.Text(report[264..280]));
        Assert.Equal("VMM EMULATED TDX MODULE - NO CONFIDENTIALITY", ReferenceReport.Text(report[280..328]));
        Assert.Equal("VMM EMULATED TDX MODULE - NOT SIGNED BY INTEL", ReferenceReport.Text(report[328..376]));
        Assert.Equal("EMULATED", ReferenceReport.Text(report[376..384]));
        Assert.Equal("EMULATED-NOT-TDX", ReferenceReport.Text(report[384..400]));
    }

    [Fact]
    public void Verify_OtherPlatformsReport_IsRefused()
    {
        ReportMacStruct mac = MemoryMarshal.Read<ReportMacStruct>(Build(new EmulatedPlatform()));

        Assert.Equal(TdxStatus.InvalidReportMacStruct, new TdReportBuilder(new EmulatedPlatform()).Verify(in mac));
    }

    [Fact]
    public void Verify_SameKey_IsAccepted()
    {
        ReportMacStruct mac = MemoryMarshal.Read<ReportMacStruct>(Build(new EmulatedPlatform(Key)));

        Assert.Equal(TdxStatus.Success, new TdReportBuilder(new EmulatedPlatform(Key)).Verify(in mac));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Platform_KeyOfWrongSize_IsRefused(int size) => Assert.Throws<ArgumentException>(() => new EmulatedPlatform(new byte[size]));

    private static byte[] Build(EmulatedPlatform platform)
    {
        var info = new TdInfo { Attributes = TdAttributes.Debug, Xfam = Xfam.X87 };
        new TdReportBuilder(platform).Build(in info, new byte[64], out TdReport report);
        byte[] bytes = new byte[Unsafe.SizeOf<TdReport>()];
        MemoryMarshal.Write(bytes, in report);
        return bytes;
    }
}

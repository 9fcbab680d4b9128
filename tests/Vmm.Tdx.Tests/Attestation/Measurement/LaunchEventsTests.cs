using System.Security.Cryptography;
using System.Text;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;

namespace Vmm.Tdx.Tests.Attestation.Measurement;

public sealed class LaunchEventsTests : IDisposable
{
    private static readonly byte[] KernelFile = [1, 2, 3];
    private static readonly byte[] InitrdFile = TestBoot.Pattern(9000, 3);

    private readonly TestBoot _boot = new([(0x20_0000, 5000)], initrdSize: 9000, commandLine: "console=ttyS0 quiet");

    public void Dispose() => _boot.Dispose();

    [Fact]
    public void Events_OfALaunch_AreTheDigestsOfFilesTextAndTables()
    {
        ReferenceEventLog log = Write();

        byte[] separator = SHA384.HashData(new byte[4]);
        ulong acpiEnd = _boot.Kernel.Loaded.Single(one => one.Content == LoadedContent.AcpiTables).Range.End;
        Assert.Equal(
            [
                (1U, 0xAU, Hex(SHA384.HashData(_boot.Page(0x7000))), "boot_params"),
                (1U, 0xAU, Hex(SHA384.HashData(_boot.Memory.GetSpan(0xE_0000, (int)(acpiEnd - 0xE_0000)))), "ACPI DATA"),
                (1U, 0x4U, Hex(separator), "\0\0\0\0"),
                (2U, 0xDU, Hex(SHA384.HashData(KernelFile)), "kernel"),
                (2U, 0x4U, Hex(separator), "\0\0\0\0"),
                (3U, 0xDU, Hex(SHA384.HashData("console=ttyS0 quiet"u8)), "kernel_cmdline: console=ttyS0 quiet"),
                (3U, 0xDU, Hex(SHA384.HashData(InitrdFile)), "initrd"),
                (3U, 0x4U, Hex(separator), "\0\0\0\0"),
            ],
            log.Events.Select(one => (one.Index, one.Type, Hex(one.Digest), Encoding.UTF8.GetString(one.Data))));
    }

    [Fact]
    public void Registers_OfALaunch_AreTheReplayOfTheLog()
    {
        ReferenceEventLog log = Write();
        Rtmrs rtmrs = CcEventLog.Replay(Events());

        for (int i = 0; i < Rtmrs.Count; i++)
        {
            Assert.Equal(Hex(log.Registers[i]), MrTdTests.Hex(rtmrs[i]));
        }

        Assert.Equal(new byte[48], log.Registers[3]);
    }

    [Fact]
    public void Ccel_OfALaunch_LeadsToTheLog()
    {
        byte[] tables = _boot.Memory.GetSpan(MemoryLayout.AcpiTables.Gpa, 4096).ToArray();
        int ccel = tables.AsSpan().IndexOf("CCEL"u8);

        Assert.Equal((2, 0), (tables[ccel + 36], tables[ccel + 37]));
        Assert.Equal(0x1_0000UL, BitConverter.ToUInt64(tables, ccel + 40));
        Assert.Equal(0xD_0000UL, BitConverter.ToUInt64(tables, ccel + 48));
        Assert.Equal(56U, BitConverter.ToUInt32(tables, ccel + 4));
        Assert.Equal(0, tables.Skip(ccel).Take(56).Sum(value => value) & 0xFF);
    }

    [Fact]
    public void TryWrite_AreaTooSmall_IsFalse() => Assert.False(CcEventLog.TryWrite(Events(), new byte[100]));

    [Fact]
    public void Json_OfALog_ReadsBackTheSame()
    {
        MeasurementLog log = Log();
        MeasurementLog read = MeasurementJson.Read(Encoding.UTF8.GetBytes(MeasurementJson.Write(log)));

        Assert.Equal(log.Records, read.Records);
        Assert.All(TdIdentityField.All, field => Assert.Equal(field.Text(log.Identity), field.Text(read.Identity)));
        Assert.Equal("0x8000000010000000", TdIdentityField.All[0].Text(read.Identity));
        Assert.Equal(0x8000_0000_1000_0000UL, (ulong)read.Identity.Attributes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"format":"vmm-measurements/1"}""")]
    [InlineData("""{"format":17}""")]
    [InlineData("""{"format":"vmm-measurements/1","attributes":"0x1"}""")]
    public void Json_NoLog_IsItsOwnError(string text) => Assert.Throws<MeasurementLogException>(() => MeasurementJson.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Difference_OtherCommandLine_IsNamed()
    {
        using TestBoot other = new([(0x20_0000, 5000)], initrdSize: 9000, commandLine: "console=ttyS0 debug");
        MeasurementLog changed = new(default, MeasurementLog.Of(default, LaunchSections.Of(other.Kernel, other.Memory), Events(other)).Records);

        Assert.Null(MeasurementDifference.Find(Log(), Log()));
        MeasurementDifference difference = MeasurementDifference.Find(Log(), changed)!;
        Assert.Equal("the first has \"kernel_cmdline: console=ttyS0 quiet\", the second \"kernel_cmdline: console=ttyS0 debug\"", difference.Explain());
    }

    [Fact]
    public void Difference_OtherMemorySize_NamesTheInitrdsPlace()
    {
        using TestBoot other = new([(0x20_0000, 5000)], initrdSize: 9000, commandLine: "console=ttyS0 quiet", memory: 32 << 20);
        MeasurementDifference difference = MeasurementDifference.Find(Log(), MeasurementLog.Of(default, LaunchSections.Of(other.Kernel, other.Memory), Events(other)))!;

        Assert.Equal("\"initrd\" (MRTD) lies at 0xffd000-0xffffff (3 pages) in the first, at 0x1ffd000-0x1ffffff (3 pages) in the second", difference.Explain());
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private MeasurementLog Log() => MeasurementLog.Of(
        new() { Attributes = TdAttributes.SeptVeDisable | TdAttributes.PerfMon }, LaunchSections.Of(_boot.Kernel, _boot.Memory), Events());

    private IReadOnlyList<CcEvent> Events() => Events(_boot);

    private static IReadOnlyList<CcEvent> Events(TestBoot boot) =>
        LaunchEvents.Of(boot.Kernel, boot.Memory, new LaunchFileDigests(SHA384.HashData(KernelFile), SHA384.HashData(InitrdFile)), boot.CommandLine);

    private ReferenceEventLog Write()
    {
        byte[] area = new byte[0x1_0000];
        Assert.True(CcEventLog.TryWrite(Events(), area));
        return new ReferenceEventLog(area);
    }
}

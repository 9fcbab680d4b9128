using System.Security.Cryptography;
using System.Text.Json;
using Vmm.Guests;
using Vmm.Host.Cli;

namespace Vmm.Host.Tests.Cli;

public sealed class MeasureCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly byte[] _kernel = ElfImage.Create([0xF4, 0xEB, 0xFD]);

    public MeasureCommandTests() => File.WriteAllBytes(Path.Combine(_folder.Path, "kernel"), _kernel);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Measure_Json_HasRegistersAndTheDigestsThatSha384sumGives()
    {
        Assert.Equal(0, Vmm("measure", Config("a.json", "quiet"), "-o", "json"));

        JsonElement log = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal("0x0000000010000000", log.GetProperty("attributes").GetString());
        Assert.Equal(new string('0', 96), log.GetProperty("rtmr3").GetString());
        string[] digests = [.. log.GetProperty("records").EnumerateArray().Where(one => one.TryGetProperty("event", out _)).Select(one => one.GetProperty("sha384").GetString()!)];
        Assert.Contains(Convert.ToHexStringLower(SHA384.HashData(_kernel)), digests);
        Assert.Contains(Convert.ToHexStringLower(SHA384.HashData("quiet"u8)), digests);
    }

    [Fact]
    public void Diff_LogOfTheSameConfiguration_Code0()
    {
        Vmm("measure", Config("a.json", "quiet"), "-o", "json");
        string log = _folder.Write("log.json", _output.ToString());

        Assert.Equal(0, Vmm("measure", "--diff", log, Config("b.json", "quiet")));
    }

    [Fact]
    public void Diff_OtherCommandLine_Code1AndTheRecord()
    {
        Assert.Equal(1, Vmm("measure", "--diff", Config("a.json", "quiet"), Config("b.json", "debug")));
        Assert.Contains("the first has \"kernel_cmdline: quiet\", the second \"kernel_cmdline: debug\"", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Diff_OtherIdentity_Code1AndTheField()
    {
        Assert.Equal(1, Vmm("measure", "--diff", Config("a.json", ""), Config("b.json", "", """ "td": { "attributes": "0x1" }, """)));
        Assert.Equal("ATTRIBUTES: 0x0000000010000000 in the first, 0x0000000000000001 in the second\n", _output.ToString());
    }

    [Theory]
    [InlineData(64, "name one of CONFIG", "measure")]
    [InlineData(64, "name one of CONFIG", "measure", "a", "--firmware", "b")]
    [InlineData(66, "/nowhere: no such configuration file", "measure", "/nowhere")]
    [InlineData(66, "/nowhere: no such firmware file", "measure", "--firmware", "/nowhere")]
    public void Measure_Mistake_OneLine(int code, string expected, params string[] arguments)
    {
        Assert.Equal(code, Vmm(arguments));
        Assert.Contains(expected, Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_NoTd_Code65() => Assert.Equal(65, Vmm("measure", Config("a.json", "", """ "guest": "ordinary", """)));

    /// <summary>More than any host has, but it is not the host that is measured: a reason, not an accident.</summary>
    [Fact]
    public void Measure_MoreMemoryThanCanBeKeptAccountOf_Code71()
    {
        string config = _folder.Write("large.json", """{ "kernel": "kernel", "memory": "60T" }""");

        Assert.Equal(71, Vmm("measure", config));
        Assert.Contains("ask for less memory", Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>What ACPI does not tell is neither needed nor touched: a disk may be in use by the TD itself.</summary>
    [Fact]
    public void Measure_DiskThatIsElsewhereOrInUse_IsTheSame()
    {
        string disk = Path.Combine(_folder.Path, "disk");
        using FileStream held = new(disk, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        held.SetLength(1 << 20);
        string here = Config("here.json", "", $$""" "devices": [{ "type": "virtio-block", "options": { "path": "{{disk}}" } }], """);
        string elsewhere = Config("elsewhere.json", "", """ "devices": [{ "type": "virtio-block", "options": { "path": "/nowhere/disk" } }], """);
        string none = Config("none.json", "", """ "devices": [], """);

        Assert.Equal(0, Vmm("measure", "--diff", here, elsewhere));
        Assert.Equal(1, Vmm("measure", "--diff", here, none)); // the bus is in the ACPI tables
        Assert.Contains("ACPI DATA", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_NoFirmware_Code65() => Assert.Equal(65, Vmm("measure", "--firmware", _folder.Write("fw", "x")));

    private string Config(string name, string commandLine, string more = "") =>
        _folder.Write(name, $$"""{ {{more}} "kernel": "kernel", "memory": "16M", "cmdline": "{{commandLine}}" }""");

    private int Vmm(params string[] arguments) => new CommandLine(new FakeRunner(), _output, _errors).Run(arguments);
}

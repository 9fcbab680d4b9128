using System.Diagnostics;
using System.Text.Json;
using Vmm.Host.Cli;
using Vmm.Host.Errors;
using Vmm.Host.Tests.Plugins;

namespace Vmm.Host.Tests.Cli;

public sealed class PluginsCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string Output => _output.ToString();

    private string ErrorLine => Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_WithPlugin_HasBuiltInAndPluginTypes()
    {
        Assert.Equal(0, Vmm("plugins", "list", SamplePlugin.Path));

        Assert.Matches(@"uart16550 +built in +16550A serial port", Output);
        Assert.Matches(@"mailbox +plugin Mailbox 1\.0\.0 +Key-value mailbox", Output);
    }

    [Fact]
    public void Inspect_Plugin_TellsOptionsDocsAndRanges()
    {
        Assert.Equal(0, Vmm("plugins", "inspect", SamplePlugin.Path));

        Assert.Contains("ports 0x540-0x583 (mailbox)", Output, StringComparison.Ordinal);
        Assert.Matches(@"port +number 0x100 to 0xffbc +0x540 +First of the 68 ports", Output);
        Assert.Matches(@"entries +list of object +\[\] +What the guest can ask for\.", Output);
    }

    [Fact]
    public void Inspect_AListOfRecords_TellsItsMembers()
    {
        Assert.Equal(0, Vmm("plugins", "inspect", "virtio-console"));

        Assert.Matches(@"ports +list of object +\[\] +Further ports", Output);
        Assert.Matches(@"ports\[\]\.name +text +\(required\) +\S", Output);
        Assert.Matches(@"ports\[\]\.console +true\|false +false +\S", Output);
        Assert.Matches(@"interrupts +5 of MSI-X", Output);
    }

    [Fact]
    public void Inspect_Json_IsJson()
    {
        Assert.Equal(0, Vmm("plugins", "inspect", "uart16550", "-o", "json"));

        JsonElement device = Assert.Single(JsonDocument.Parse(Output).RootElement.EnumerateArray());
        Assert.Equal(4, device.GetProperty("interrupts")[0].GetInt32());
        Assert.Equal("console", device.GetProperty("streams")[0].GetString());
    }

    [Fact]
    public void Inspect_EveryBuiltInDevice_IsKnownAndDocumented()
    {
        Assert.Equal(0, Vmm("plugins", "list", "-o", "json"));

        Assert.All(JsonDocument.Parse(Output).RootElement.EnumerateArray(), device =>
            Assert.All(device.GetProperty("options").EnumerateArray(), option => Assert.NotEmpty(option.GetProperty("text").GetString()!)));
    }

    [Theory]
    [InlineData(ExitCode.NoInput, "uart1650: neither a plugin nor a device type; did you mean \"uart16550\"?", "plugins", "inspect", "uart1650")]
    [InlineData(ExitCode.NoInput, "/nowhere: there is no such plugin", "plugins", "test", "/nowhere")]
    [InlineData(ExitCode.Usage, "unknown command 'tset'; did you mean \"test\"? (see 'vmm plugins --help')", "plugins", "tset")]
    [InlineData(ExitCode.Usage, "--accesses: expected a whole number from 1", "plugins", "test", "--accesses", "0")]
    [InlineData(ExitCode.Usage, "--seed: expected a whole number from 0", "plugins", "test", "--seed", "x")]
    [InlineData(ExitCode.Usage, "there is no device of type \"rct\"", "plugins", "test", "--device", "rct")]
    [InlineData(ExitCode.Usage, "cannot be the name of a plugin", "plugins", "new", "no-good")]
    public void Plugins_Mistake_OneLineAndItsCode(ExitCode code, string expected, params string[] arguments)
    {
        Assert.Equal((int)code, Vmm(arguments));
        Assert.Contains(expected, ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_BuiltInDevices_AllPass()
    {
        Assert.Equal(0, Vmm("plugins", "test", "--accesses", "20000", "--seed", "5"));

        Assert.StartsWith("seed 5, 20000 accesses a device", Output, StringComparison.Ordinal);
        Assert.Contains("devices passed", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_Plugin_IsTheOnlyOneTried()
    {
        Assert.Equal(0, Vmm("plugins", "test", SamplePlugin.Path, "--accesses", "1000"));

        Assert.Contains("all 2 devices passed", Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "port": "0x380" }""", "ports 0x380-0x3c3 of 'box' overlap ports 0x3c0-0x3c7 of 'com1' ('box' is a mailbox of plugin Mailbox 1.0.0)", ExitCode.BadData)]
    [InlineData("""{ "file": "missing.env" }""", "plugin Mailbox 1.0.0: device \"box\" (type \"mailbox\") cannot be created: FileNotFoundException:", ExitCode.DeviceFailed)]
    [InlineData("""{ "entries": [ { "key": "k" } ] }""", "$.devices[1].options.entries[0]: the option \"value\" is missing", ExitCode.BadData)]
    public void Check_PluginDevice_ErrorNamesPluginVersionAndDevice(string options, string expected, ExitCode code)
    {
        _folder.Write("kernel", "x");
        string config = _folder.Write("td.json", $$"""
            {
              "kernel": "kernel", "plugins": ["{{SamplePlugin.Path}}"],
              "devices": [ { "type": "uart16550", "options": { "port": "0x3c0" } }, { "type": "mailbox", "name": "box", "onFault": "stop", "options": {{options}} } ]
            }
            """);

        Assert.Equal((int)code, Vmm("check", config));
        Assert.Contains(expected, ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void New_Project_BuildsOfflineAndPassesTheTestAndItsOwn()
    {
        string project = Path.Combine(_folder.Path, "Beeper");
        Assert.Equal(0, Vmm("plugins", "new", "Beeper", "--folder", project));

        Assert.Equal(0, Dotnet("build", Path.Combine(project, "src"), "-nodeReuse:false", "--nologo", "-v", "quiet"));
        Assert.Equal(0, Vmm("plugins", "test", Path.Combine(project, "bin"), "--accesses", "1000"));
        Assert.Equal((int)ExitCode.CannotCreate, Vmm("plugins", "new", "Beeper", "--folder", project));
        Assert.Equal(0, Dotnet("test", Path.Combine(project, "tests"), "-nodeReuse:false", "--nologo", "-v", "quiet")); // its packages are those of these tests
    }

    private static int Dotnet(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private int Vmm(params string[] arguments) => new CommandLine(new FakeRunner(), _output, _errors).Run(arguments);
}

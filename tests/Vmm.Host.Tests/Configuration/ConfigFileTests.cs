using Vmm.Tdx.Module;
using System.Text;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Configuration;

public sealed class ConfigFileTests
{
    [Theory]
    [InlineData("""{ "kernal": "x" }""", "td.json:1:3: $.kernal: unknown key; did you mean \"kernel\"?")]
    [InlineData("""{ "kernel": 3 }""", "td.json:1:13: $.kernel: expected a path, found the number 3")]
    [InlineData("""{ "kernel": null }""", "td.json:1:13: $.kernel: expected a path, found null")]
    [InlineData("""{ "kernel": "k", "cpus": 1.5 }""", "td.json:1:26: $.cpus: expected a whole number from 1 to 255, found the number 1.5")]
    [InlineData("""{ "kernel": "k", "cpus": "2" }""", "td.json:1:26: $.cpus: expected a whole number from 1 to 255, found \"2\"")]
    [InlineData("""{ "kernel": "k", "ve": "Fast" }""", "td.json:1:24: $.ve: expected one of architectural, fast, found \"Fast\"; did you mean \"fast\"?")]
    [InlineData("""{ "kernel": "k", "memory": true }""", "$.memory: expected a size from 2 MiB up, as a number of MiB or such as \"512M\" or \"1G\", found true")]
    [InlineData("""{ "kernel": "k", "memory": "100K" }""", "$.memory: expected a size")]
    [InlineData("""{ "kernel": "k", "td": { "gpaw": 99 } }""", "$.td.gpaw: expected a whole number from 36 to 52, found the number 99")]
    [InlineData("""{ "kernel": "k", "td": { "mrOwner": "abcd" } }""", "$.td.mrOwner: expected 48 bytes as 96 hexadecimal digits or as base64, found \"abcd\"")]
    [InlineData("""{ "kernel": "k", "td": [] }""", "$.td: expected an object { … }, found a list")]
    [InlineData("""{ "kernel": "k", "guest": "ordinary", "ve": "fast" }""", "$.ve: \"ve\" is for TDs and the guest is \"ordinary\"; remove one of the two", false)]
    [InlineData("""{ "kernel": "k", "devices": [ { "name": "x" } ] }""", "$.devices[0]: a device needs a \"type\"")]
    [InlineData("""{ "kernel": "k", "devices": [ { "type": "rtc" }, { "type": "a", "name": "rtc" } ] }""", "$.devices[1]: there is a device named \"rtc\" already")]
    [InlineData("""{ "kernel": "k", "é": 1, "kernel": "l" }""", "td.json:1:26: $.kernel: the key is there twice; remove one", false)]
    [InlineData("[]", "td.json:1:1: expected an object { … }, found a list")]
    [InlineData("", "td.json:1:1: the file is empty")]
    [InlineData("{\n  \"kernel\": tru\n}", "td.json:2:16: not valid JSON: 'tru")]
    [InlineData("""{ "kernel": "k" } x""", "not valid JSON")]
    [InlineData("""{ "kernel": "k" """, "not valid JSON")]
    public void Read_Mistake_IsNamedWithItsPlace(string text, string expected, bool only = true)
    {
        IReadOnlyList<string> lines = Mistakes(Encoding.UTF8.GetBytes(text));

        Assert.Contains(lines, line => line.Contains(expected, StringComparison.Ordinal));
        Assert.True(!only || lines.Count == 1, string.Join('\n', lines));
    }

    [Fact]
    public void Read_SeveralMistakes_AllReportedInOrder()
    {
        IReadOnlyList<string> lines = Mistakes("{\n // a comment\n \"cpus\": 0,\n \"kernel\": false,\n \"ram\": 1,\n}"u8);

        Assert.Equal(["td.json:3:10", "td.json:4:12", "td.json:5:2"], lines.Select(line => line.Split(": ")[0]));
    }

    [Fact]
    public void Read_NotText_IsRefused() => Assert.Contains("UTF-8", Assert.Single(Mistakes([.. "{\"kernel\":\""u8, 0xFF, .. "\"}"u8])), StringComparison.Ordinal);

    [Fact]
    public void Read_DeepNesting_IsRefused() => Assert.Contains("not valid JSON", Assert.Single(Mistakes(Encoding.ASCII.GetBytes(new string('[', 10_000)))), StringComparison.Ordinal);

    [Fact]
    public void Read_HugeFile_IsRefused()
    {
        using TempFolder folder = new();
        string path = folder.Write("td.json", new string(' ', ConfigFile.MaxSize + 1));

        UserErrorException error = Assert.Throws<UserErrorException>(() => ConfigFile.Read(path));
        Assert.Equal(ExitCode.BadData, error.Code);
        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Everything_IsUnderstood()
    {
        MachineConfig config = Parse("""
            {
              "$schema": "vmm.schema.json",
              "name": "web", "guest": "td", "backend": "emulated", "kernel": "vmlinuz", "initrd": "/boot/initrd", "cmdline": "quiet",
              "boot": "decompressor", "memory": "1G", "cpus": 4, "ve": "fast", "policy": "strict.json",
              "td": {
                "attributes": "0x10000000", "xfam": 231, "gpaw": 48,
                "mrConfigId": "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
                "mrOwner": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC",
              },
              "devices": [ { "type": "uart16550", "options": { "port": "0x3f8" } } ], // one is enough
              "onReboot": "exit", "onPanic": "reset", "onCrash": "exit",
            }
            """);

        Assert.Equal("web", config.Name);
        Assert.Equal(BackendKind.Emulated, config.Backend);
        Assert.Equal("/configs/vmlinuz", config.Kernel);
        Assert.Equal("/boot/initrd", config.Initrd);
        Assert.Equal("/configs/strict.json", config.Policy);
        Assert.Equal(BootMethod.Decompressor, config.Boot);
        Assert.Equal(new MemorySize(1UL << 30), config.Memory);
        Assert.Equal(4, config.Cpus);
        Assert.Equal(VeMode.Fast, config.Ve);
        Assert.Equal(0x10000000UL, config.Td.Attributes);
        Assert.Equal(231UL, config.Td.Xfam);
        Assert.Equal(48, config.Td.Gpaw);
        Assert.Equal(1, config.Td.MrConfigId![^1]);
        Assert.Equal(2, config.Td.MrOwner![^1]);
        Assert.Null(config.Td.MrOwnerConfig);
        Assert.Equal("com1", Assert.Single(config.Devices).Name);
        Assert.Equal(RebootAction.Exit, config.OnReboot);
        Assert.Equal(FatalAction.Reset, config.OnPanic);
        Assert.Equal(FatalAction.Exit, config.OnCrash);
    }

    [Theory]
    [InlineData("512", 512UL << 20)]
    [InlineData("512M", 512UL << 20)]
    [InlineData("512MiB", 512UL << 20)]
    [InlineData("2048k", 2UL << 20)]
    [InlineData("1 G", 1UL << 30)]
    [InlineData("2T", 2UL << 40)]
    public void MemorySize_Text_IsParsed(string text, ulong bytes)
    {
        Assert.True(MemorySize.TryParse(text, out MemorySize size));
        Assert.Equal(bytes, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("1.5G")]
    [InlineData("1X")]
    [InlineData("16777216T")]
    public void MemorySize_Nonsense_IsRefused(string text) => Assert.False(MemorySize.TryParse(text, out _));

    private static ConfigSource Source => new("td.json", "/configs", IsCommandLine: false);

    private static MachineConfig Parse(string text)
    {
        ConfigErrors errors = new();
        MachineConfig config = MachineConfigReader.Read(ConfigFile.Parse(Encoding.UTF8.GetBytes(text), Source, errors)!, errors);
        errors.ThrowIfAny();
        return config;
    }

    private static IReadOnlyList<string> Mistakes(ReadOnlySpan<byte> text)
    {
        ConfigErrors errors = new();
        if (ConfigFile.Parse(text, Source, errors) is { } root)
        {
            MachineConfigReader.Read(root, errors);
        }

        return Assert.Throws<UserErrorException>(errors.ThrowIfAny).Lines;
    }
}

using Vmm.Core.Memory;
using Vmm.Host.Cli;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private FakeRunner _runner = new();

    private string[] ErrorLines => _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OptionsOnly_MakesTheMachine()
    {
        string kernel = _folder.Write("kernel", "x");

        int code = Vmm("run", "--kernel", kernel, "--memory", "1G", "--cpus", "2", "--cmdline", "console=ttyS0", "--guest", "ordinary", "--boot", "decompressor");

        Assert.Equal(0, code);
        MachineConfig config = _runner.Request!.Config;
        Assert.Equal(kernel, config.Kernel);
        Assert.Equal(1UL << 30, config.Memory.Bytes);
        Assert.Equal(2, config.Cpus);
        Assert.Equal("console=ttyS0", config.Cmdline);
        Assert.Equal(GuestKind.Ordinary, config.Guest);
        Assert.Equal(BootMethod.Decompressor, config.Boot);
        Assert.Contains(config.Devices, device => device is { Type: "uart16550", Name: "com1" });
    }

    [Fact]
    public void Run_OptionAndFile_OptionWins()
    {
        _folder.Write("kernel", "x");
        string file = _folder.Write("td.json", """{ "kernel": "kernel", "cpus": 2, "memory": 128 }""");

        Assert.Equal(0, Vmm("run", file, "--cpus", "3"));

        Assert.Equal(3, _runner.Request!.Config.Cpus);
        Assert.Equal(128UL << 20, _runner.Request.Config.Memory.Bytes);
        Assert.Equal(Path.Combine(_folder.Path, "kernel"), _runner.Request.Config.Kernel);
    }

    [Fact]
    public void Run_DeviceOption_IsAddedToTheDefaults()
    {
        string kernel = _folder.Write("kernel", "x");

        Assert.Equal(0, Vmm("run", "--kernel", kernel, "--device", "uart16550,port=0x2f8,fifo=true"));

        DeviceConfig device = _runner.Request!.Config.Devices[^1];
        Assert.Equal("com2", device.Name);
        ConfigObject options = new(device.Options, new ConfigErrors());
        Assert.Equal(0x2f8UL, options.Number("port"));
        Assert.True(options.Boolean("fifo"));
    }

    [Fact]
    public void Run_GuestCode_IsTheExitCode()
    {
        _runner = new FakeRunner(exitCode: 42);

        Assert.Equal(42, Vmm("run", "--kernel", _folder.Write("kernel", "x")));
    }

    [Theory]
    [InlineData("unknown option '--kernal'; did you mean '--kernel'?", "run", "--kernal", "x")]
    [InlineData("unknown command 'rum'; did you mean \"run\"?", "rum")]
    [InlineData("unexpected argument 'b'", "run", "a", "b")]
    [InlineData("Required argument missing for option: '--kernel'", "run", "--kernel")]
    [InlineData("--cpus: expected a whole number from 1 to 255, found the number 0", "run", "--kernel", "k", "--cpus", "0")]
    [InlineData("--cpus: expected a whole number from 1 to 255, found the number 100000", "run", "--kernel", "k", "--cpus", "100000")]
    [InlineData("--cpus: expected a whole number from 1 to 255, found \"many\"", "run", "--kernel", "k", "--cpus", "many")]
    [InlineData("--memory: expected a size from 2 MiB up", "run", "--kernel", "k", "--memory", "0")]
    [InlineData("--memory: expected a size from 2 MiB up", "run", "--kernel", "k", "--memory", "-5")]
    [InlineData("--memory: expected a size from 2 MiB up", "run", "--kernel", "k", "--memory", "99999999999999999999G")]
    [InlineData("--guest: expected one of td, ordinary, found \"tdx\"; did you mean \"td\"?", "run", "--kernel", "k", "--guest", "tdx")]
    [InlineData("--device uart16550,name=com1: there is a device named \"com1\" already", "run", "--kernel", "k", "--device", "uart16550,name=com1")]
    [InlineData("no kernel is given", "run")]
    [InlineData("--trace-filter: there is no topic \"mmoi\"; did you mean \"mmio\"?", "run", "--kernel", "k", "--trace-filter", "io,mmoi")]
    [InlineData("--after: expected a whole number from 0 to 18446744073709551615, found \"x\"", "events", "--after", "x")]
    [InlineData("--tail: expected a whole number from 0 to 4294967295, found \"-1\"", "logs", "web", "--tail", "-1")]
    [InlineData("--vcpu: expected a whole number from 0 to 4294967295, found \"one\"", "trace", "web", "--vcpu", "one")]
    [InlineData("--filter: there is no topic \"mmoi\"; did you mean \"mmio\"?", "trace", "web", "--filter", "mmoi", "--host", "unix:///nowhere")]
    [InlineData("unknown option '-o'", "stop", "web", "-o", "json")]
    [InlineData("unknown option '-o'", "attach", "web", "post-code", "-o", "json")]
    [InlineData("expected bash, zsh, fish, found \"tcsh\"", "completion", "tcsh")]
    public void Vmm_UsageMistake_OneLineAndCode64(string expected, params string[] arguments)
    {
        Assert.Equal((int)ExitCode.Usage, Vmm(arguments));
        Assert.Contains(expected, Assert.Single(ErrorLines), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
        Assert.Null(_runner.Request);
    }

    [Fact]
    public void Vmm_OutputOnAFullDisk_OneLineAndCode73()
    {
        using FullWriter full = new();

        Assert.Equal((int)ExitCode.CannotCreate, new CommandLine(_runner, full, _errors).Run(["version"]));
        Assert.Equal("vmm: cannot write: No space left on device", Assert.Single(ErrorLines));
    }

    [Theory]
    [InlineData(true, false, TraceTopics.All, "--trace")]
    [InlineData(false, true, TraceTopics.All, "--trace-summary")]
    [InlineData(true, false, TraceTopics.All, "--trace-file", "t")]
    [InlineData(false, true, TraceTopics.All, "--trace-summary", "--trace-file", "t")]
    [InlineData(true, false, TraceTopics.Io | TraceTopics.Mmio, "--trace-filter", "io,mmio")]
    [InlineData(true, false, TraceTopics.All & ~TraceTopics.Io, "--trace-filter", "!io")]
    [InlineData(false, true, TraceTopics.VmCall & ~TraceTopics.Hlt, "--trace-summary", "--trace-filter", "vmcall, !hlt")]
    public void Run_TraceOptions_AreTaken(bool trace, bool summary, TraceTopics topics, params string[] options)
    {
        Assert.Equal(0, Vmm(["run", "--kernel", _folder.Write("kernel", "x"), .. options]));

        Assert.Equal((trace, summary, topics), (_runner.Request!.Trace, _runner.Request.TraceSummary, _runner.Request.TraceTopics));
    }

    [Fact]
    public void Run_MissingFiles_Code66()
    {
        Assert.Equal((int)ExitCode.NoInput, Vmm("run", "/nowhere/td.json"));
        Assert.Equal((int)ExitCode.NoInput, Vmm("run", "--kernel", "/nowhere/kernel"));
        Assert.Equal((int)ExitCode.NoInput, Vmm("run", "--kernel", _folder.Path));
        Assert.Equal((int)ExitCode.NoInput, Vmm("run", "--kernel", _folder.Write("kernel", "x"), "--initrd", "/nowhere/initrd"));
        Assert.Equal(
            [
                "vmm: /nowhere/td.json: no such configuration file",
                "vmm: /nowhere/kernel: no such kernel file",
                $"vmm: {_folder.Path}: is a folder; name the kernel file itself",
                "vmm: /nowhere/initrd: no such initrd file",
            ],
            ErrorLines);
    }

    [Fact]
    public void Run_HostMemoryRefused_Code71()
    {
        const int OutOfMemory = 12;
        _runner = new FakeRunner(failure: new HostMemoryException("mapping 4 GiB", OutOfMemory, "ask for less memory"));

        Assert.Equal((int)ExitCode.OperatingSystem, Vmm("run", "--kernel", _folder.Write("kernel", "x")));
        Assert.Equal("vmm: mapping 4 GiB: Cannot allocate memory; ask for less memory", Assert.Single(ErrorLines));
    }

    [Fact]
    public void Run_Bug_OneLineAndCode70()
    {
        _runner = new FakeRunner(failure: new InvalidOperationException("two\nlines"));

        Assert.Equal((int)ExitCode.Internal, Vmm("run", "--kernel", _folder.Write("kernel", "x")));
        string line = Assert.Single(ErrorLines);
        Assert.StartsWith("vmm: internal error: two?lines (InvalidOperationException); please report it", line, StringComparison.Ordinal);
        File.Delete(line.Split(' ')[^1]);
    }

    [Fact]
    public void Check_GoodFile_SaysWhatItIs()
    {
        _folder.Write("kernel", "x");

        Assert.Equal(0, Vmm("check", _folder.Write("td.json", """{ "name": "web", "kernel": "kernel" }""")));
        Assert.Contains("web: 1 vCPU, 512 MiB", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "kernel": "kernel", "devices": [ { "type": "uart16550" }, { "type": "uart16550", "options": { "stream": "none" } } ] }""", "of 'com1' overlap ports 0x3f8-0x3ff of 'com2'")]
    [InlineData("""{ "kernel": "kernel", "devices": [ { "type": "uart16550" }, { "type": "uart16550" } ] }""", "two devices use the stream \"console\"")]
    [InlineData("""{ "kernel": "kernel", "devices": [ { "type": "uart16550", "options": { "irq": 99 } } ] }""", "device \"com1\" (type \"uart16550\") cannot take its options: there is no interrupt 99")]
    [InlineData("""{ "kernel": "kernel", "devices": [ { "type": "uart99" } ] }""", "there is no device of type \"uart99\"")]
    [InlineData("""{ "kernel": "kernel", "policy": "policy.json" }""", "policy.json:1:")]
    [InlineData("""{ "kernel": "kernel", "memory": "lots" }""", "$.memory: expected a size")]
    public void Check_BadConfiguration_OneLineAndCode65(string text, string expected)
    {
        _folder.Write("kernel", "x");
        _folder.Write("policy.json", """{ "msr": { "rulez": [] } }""");

        Assert.Equal((int)ExitCode.BadData, Vmm("check", _folder.Write("td.json", text)));
        Assert.Contains(expected, Assert.Single(ErrorLines), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void Check_TdxBackend_IsFineOnAnyHost()
    {
        _folder.Write("kernel", "x");

        Assert.Equal(0, Vmm("check", _folder.Write("td.json", """{ "kernel": "kernel", "backend": "tdx" }""")));
        Assert.Empty(ErrorLines);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("check", "-h")]
    [InlineData]
    public void Vmm_Help_HasExamplesAndExitCodes(params string[] arguments)
    {
        Assert.Equal(0, Vmm(arguments));
        Assert.Contains("Examples:", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Exit codes:", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(ErrorLines);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public void Vmm_Version_OneLine(string argument)
    {
        Assert.Equal(0, Vmm(argument));
        Assert.StartsWith("vmm 0.", _output.ToString(), StringComparison.Ordinal);
    }

    private int Vmm(params string[] arguments) => new CommandLine(_runner, _output, _errors).Run(arguments);

    /// <summary>/dev/full.</summary>
    private sealed class FullWriter : StringWriter
    {
        private const int NoSpace = 28; // ENOSPC

        public override void WriteLine(string? value) => throw new IOException("No space left on device", NoSpace);
    }
}

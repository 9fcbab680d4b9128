using System.Diagnostics;
using Vmm.Guests;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Measuring;

/// <summary>
/// Measuring and looking at quotes needs nothing of Linux: vmm as a process in which none of its assemblies can make a native call, neither to /dev/kvm nor to the C library.
/// </summary>
public sealed class MeasureAnywhereTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    public MeasureAnywhereTests()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "kernel"), ElfImage.Create(HelloTd.Assemble()));
        File.WriteAllBytes(Path.Combine(_folder.Path, "initrd"), new byte[10_000]);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The trap is real: running a TD needs native calls.</summary>
    [Fact]
    public void Run_WithoutNativeLibraries_Fails()
    {
        (int code, _, string errors) = Vmm("run", "--kernel", "kernel", "--memory", "16M");

        Assert.NotEqual(0, code);
        Assert.Contains(StartupHook.Message, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""" "cpus": 4, """)]
    [InlineData(""" "devices": [{ "type": "uart16550" }, { "type": "rtc" }, { "type": "i8042" }, { "type": "acpi-power" }, { "type": "pm-timer" }], """)]
    [InlineData(""" "devices": [{ "type": "uart16550" }, { "type": "virtio-rng" }, { "type": "virtio-block", "options": { "path": "/nowhere/disk" } }], """)]
    public void Measure_WithoutNativeLibraries_IsTheSame(string more)
    {
        string config = _folder.Write("td.json", $$"""{ {{more}} "kernel": "kernel", "initrd": "initrd", "memory": "3G", "cmdline": "quiet" }""");
        (int code, string output, string errors) = Vmm("measure", config, "-o", "json");

        Assert.Equal(("", 0), (errors, code));
        using StringWriter here = new();
        Assert.Equal(0, new Host.Cli.CommandLine(new FakeRunner(), here, TextWriter.Null).Run(["measure", config, "-o", "json"]));
        Assert.Equal(here.ToString(), output);

        string log = _folder.Write("log.json", output);
        Assert.Equal(0, Vmm("measure", "--diff", log, config).Code);
    }

    private (int Code, string Output, string Errors) Vmm(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "vmm.dll"), .. arguments])
        {
            WorkingDirectory = _folder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail($"vmm did not end within {Patience}");
        }

        return (process.ExitCode, output.Result, errors.Result);
    }
}

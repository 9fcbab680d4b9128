using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vmm.Guests;
using Vmm.Host.Errors;
using Vmm.Host.Tests.Cli;
using Vmm.Testing;

namespace Vmm.Host.Tests.Running;

/// <summary>The whole of vmm, as a process, with the hello TD.</summary>
public sealed class VmmProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly string _kernel;

    public VmmProcessTests()
    {
        _kernel = Path.Combine(_folder.Path, "hello.elf");
        File.WriteAllBytes(_kernel, ElfImage.Create(HelloTd.Assemble()));
    }

    public void Dispose() => _folder.Dispose();

    [KvmFact]
    public void Run_HelloTd_PrintsItsConsoleAndEndsWithItsCode()
    {
        (int code, string output, string errors) = Vmm("run", "--kernel", _kernel, "--memory", "64M", "--stats", Path.Combine(_folder.Path, "stats"));

        Assert.Equal(0, code);
        Assert.StartsWith("Hello from a trust domain.", output, StringComparison.Ordinal);
        Assert.EndsWith("Powering off.", output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("no confidentiality", Assert.Single(Lines(errors)), StringComparison.Ordinal);
        using JsonDocument stats = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, "stats")));
        JsonElement counts = stats.RootElement;
        Assert.Equal(0, counts.GetProperty("exitCode").GetInt32());
        Assert.Equal(output.Length, counts.GetProperty("devices").GetProperty("com1").GetProperty("writes").GetInt32());
        Assert.Equal(1, counts.GetProperty("tdCalls").GetProperty("TDG.VP.INFO").GetInt32());
        Assert.Equal(1, counts.GetProperty("vmCalls").GetProperty("Instruction.CPUID").GetProperty("SUCCESS").GetInt32());
        Assert.Equal(counts.GetProperty("exits").GetInt32(), counts.GetProperty("vcpus")[0].EnumerateObject().Sum(kind => kind.Value.GetInt32()));
    }

    [KvmFact]
    public void Run_HelloTdFast_PrintsTheSame() => Assert.Equal(
        Vmm("run", "--kernel", _kernel, "--memory", "64M").Output,
        Vmm("run", "--kernel", _kernel, "--memory", "64M", "--ve", "fast").Output);

    [KvmFact]
    public void Run_Trace_TellsTheCallsInOrder()
    {
        (int code, _, string errors) = Vmm(
            "run", "--kernel", _kernel, "--memory", "64M", "--trace-filter", "!io", "--trace-file", Path.Combine(_folder.Path, "trace"), "--trace", "--trace-summary");

        Assert.Equal(0, code);
        Assert.Single(Lines(errors));
        string[] lines = Lines(File.ReadAllText(Path.Combine(_folder.Path, "trace")));
        string[] expected =
        [
            "[vcpu0] TDG.VP.INFO() = SUCCESS {gpaw=",
            "[vcpu0] TDG.VP.VMCALL<Instruction.CPUID>(leaf=0x40000000, subleaf=0x0) = SUCCESS {eax=0x40000001, ebx=0x4b4d564b, ",
            "[vcpu0] TDG.VP.VMCALL<Instruction.RDMSR>(IA32_APIC_BASE) = SUCCESS {0xfee00d00} <",
            "[vcpu0] TDG.MR.RTMR.EXTEND(RTMR3, digest=0x",
            "[vcpu0] TDG.MR.REPORT(report=0x",
            "% time ",
        ];
        Assert.All(expected, (start, i) => Assert.StartsWith(start, lines[i], StringComparison.Ordinal));
        Assert.EndsWith("           5            total", lines[^1], StringComparison.Ordinal);
    }

    [KvmFact]
    public void Run_TraceToStandardError_TellsEveryCall()
    {
        (int code, string output, string errors) = Vmm("run", "--kernel", _kernel, "--memory", "64M", "--trace");

        Assert.Equal(0, code);
        string[] written = [.. Lines(errors).Where(line => line.Contains("out, port=0x3f8, data=0x", StringComparison.Ordinal))];
        Assert.Equal(output.Length, written.Length);
        Assert.Contains("out, port=0x600, data=0x34) = SUCCESS", Lines(errors)[^1], StringComparison.Ordinal);
    }

    [KvmTheory]
    [InlineData(ExitCode.BadData, "truncated", "--kernel", "TRUNCATED")]
    [InlineData(ExitCode.BadData, "aarch64", "--kernel", "FOREIGN")]
    [InlineData(ExitCode.BadData, "does not fit", "--kernel", "KERNEL", "--memory", "64M", "--initrd", "LARGE")]
    [InlineData(ExitCode.OperatingSystem, "ask for less", "--kernel", "KERNEL", "--memory", "60T")]
    [InlineData(ExitCode.HostCannot, "backend \"tdx\": ", "--kernel", "KERNEL", "--backend", "tdx")]
    [InlineData(ExitCode.BadData, "overlap", "--kernel", "KERNEL", "--device", "uart16550,stream=none")]
    [InlineData(ExitCode.CannotCreate, "folder does not exist", "--kernel", "KERNEL", "--stats", "/nowhere/stats")]
    [InlineData(ExitCode.CannotCreate, "folder does not exist", "--kernel", "KERNEL", "--trace-file", "/nowhere/trace")]
    [InlineData(ExitCode.Usage, "makes no TDCALLs", "--kernel", "KERNEL", "--guest", "ordinary", "--trace")]
    public void Run_ImpossibleMachine_OneLineAndItsCode(ExitCode code, string expected, params string[] options)
    {
        byte[] image = File.ReadAllBytes(_kernel);
        File.WriteAllBytes(Path.Combine(_folder.Path, "TRUNCATED"), image[..100]);
        const int MachineOffset = 18;
        const byte Aarch64 = 183;
        image[MachineOffset] = Aarch64;
        File.WriteAllBytes(Path.Combine(_folder.Path, "FOREIGN"), image);
        File.Copy(_kernel, Path.Combine(_folder.Path, "KERNEL"));
        using (FileStream large = File.Create(Path.Combine(_folder.Path, "LARGE")))
        {
            large.SetLength(100 << 20);
        }

        (int actual, string output, string errors) = Vmm(["run", .. options]);

        Assert.Equal((int)code, actual);
        Assert.Contains(expected, Assert.Single(Lines(errors)), StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [KvmFact]
    public void Doctor_Kvm_IsFound()
    {
        (int code, string output, _) = Vmm("doctor", "-o", "json");

        Assert.Equal(0, code);
        Assert.Contains("\"emulatedTds\": true", output, StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private (int Code, string Output, string Errors) Vmm(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "vmm.dll"), .. arguments])
        {
            WorkingDirectory = _folder.Path,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"vmm did not end within {Patience}"));
        }

        return (process.ExitCode, output.Result, errors.Result);
    }
}

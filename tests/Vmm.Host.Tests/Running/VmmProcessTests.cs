using System.Diagnostics;
using System.Globalization;
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
        Assert.Contains("\"exitCode\": 0", File.ReadAllText(Path.Combine(_folder.Path, "stats")), StringComparison.Ordinal);
    }

    [KvmFact]
    public void Run_HelloTdFast_PrintsTheSame() => Assert.Equal(
        Vmm("run", "--kernel", _kernel, "--memory", "64M").Output,
        Vmm("run", "--kernel", _kernel, "--memory", "64M", "--ve", "fast").Output);

    [KvmTheory]
    [InlineData(ExitCode.BadData, "truncated", "--kernel", "TRUNCATED")]
    [InlineData(ExitCode.BadData, "aarch64", "--kernel", "FOREIGN")]
    [InlineData(ExitCode.BadData, "does not fit", "--kernel", "KERNEL", "--memory", "64M", "--initrd", "LARGE")]
    [InlineData(ExitCode.OperatingSystem, "ask for less", "--kernel", "KERNEL", "--memory", "60T")]
    [InlineData(ExitCode.HostCannot, "\"emulated\" or \"auto\"", "--kernel", "KERNEL", "--backend", "tdx")]
    [InlineData(ExitCode.BadData, "overlap", "--kernel", "KERNEL", "--device", "uart16550,stream=none")]
    [InlineData(ExitCode.CannotCreate, "folder does not exist", "--kernel", "KERNEL", "--stats", "/nowhere/stats")]
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

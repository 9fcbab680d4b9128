using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Machine;
using Vmm.Integration.Tests.Harness;
using Vmm.Tdx.Module;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;
using Vmm.Testing;

namespace Vmm.Integration.Tests.Linux;

/// <summary>The first moments of a distribution's kernel. All of a boot takes a KVM that does not interpret guest kernels: see tests/lane.</summary>
public sealed class LinuxKernelTests
{
    private const ulong Memory = 512 << 20;
    private const ulong TdxMemory = 128 << 20; // the boot shim accepts all of it, page by page
    private const string KernelVariable = "VMM_TEST_KERNEL";

    [Fact]
    public void Boot_DistributionKernel_MakesTdCallsAndTakesVirtualizationExceptions()
    {
        string kernel = RequireKernel();

        FirstCalls calls = new();
        using TdRun run = TdRunner.Run(kernel, new TdOptions
        {
            Memory = Memory,
            Patience = TimeSpan.FromMinutes(10),
            Devices = ["uart16550", "rtc", "i8042", "debug-exit", "post-code", "debug-console", "acpi-power", "pm-timer"],
            Configure = services => services.AddSingleton(calls).AddScoped<ITdCallObserver, FirstCallsObserver>(),
        });

        Assert.Equal((MachineOutcomeKind.Stopped, FirstCalls.Enough), (run.Outcome.Kind, run.Outcome.Message));
        Assert.Equal(1UL, calls.Leaves[0]); // TDG.VP.INFO, as the first thing that a guest asks
        Assert.DoesNotContain(calls.Statuses, status => status >> 63 != 0);
    }

    /// <summary>The same kernel, unmodified, on the backend for TDX hardware: from the reset vector through the boot shim to its first words.</summary>
    [Fact]
    public void Boot_OnTheModelOfTdxHardware_SpeaksThroughTdVmCalls()
    {
        string kernel = RequireKernel();
        using TdRun run = TdRunner.Run(new TdxBackend(), kernel, new TdOptions
        {
            CommandLine = "earlyprintk=ttyS0,115200",
            Memory = TdxMemory,
            Patience = TimeSpan.FromMinutes(10),
            Devices = ["uart16550", "rtc", "i8042", "debug-exit", "post-code", "debug-console", "acpi-power", "pm-timer"],
            Configure = services => services.ReplaceVmCallHandler<IoHandler, EndingIoHandler>(),
        });

        Assert.Equal((MachineOutcomeKind.Stopped, EndingIoHandler.Enough), (run.Outcome.Kind, run.Outcome.Message));
        Assert.Contains("Linux version", run.Console, StringComparison.Ordinal);
    }

    private static string RequireKernel()
    {
        string? kernel = FindKernel();
        Assert.SkipUnless(KvmHost.Obstacle is null, KvmHost.Obstacle ?? "");
        Assert.SkipWhen(kernel is null, $"needs a kernel: set {KernelVariable}, or run tests/lane/prepare");
        return kernel!;
    }

    private static string? FindKernel()
    {
        if (Environment.GetEnvironmentVariable(KernelVariable) is { Length: > 0 } named)
        {
            return named;
        }

        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Vmm.sln")))
        {
            folder = folder.Parent;
        }

        string cache = Environment.GetEnvironmentVariable("VMM_LANE_CACHE") ?? Path.Combine(folder?.FullName ?? "", "artifacts", "lane");
        string kernel = Path.Combine(cache, "vmlinux-6.12");
        return File.Exists(kernel) ? kernel : null;
    }
}

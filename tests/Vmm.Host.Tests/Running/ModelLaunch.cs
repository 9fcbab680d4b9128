using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Recording;
using Vmm.Core.Machine;
using Vmm.Guests;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Running;
using Vmm.Host.Tests.Cli;
using Vmm.Tdx.Hardware.Launch;
using Vmm.TdxModel;
using Vmm.TdxModel.Hardware;

namespace Vmm.Host.Tests.Running;

/// <summary>Launches a machine as <c>vmm run</c> does, on the model of a kernel with TDX, and takes it down again.</summary>
internal sealed class ModelLaunch : IDisposable
{
    private readonly TempFolder _folder = new();

    public ModelLaunch(TdxHost? host = null) => Kernel = new TdxKernel(host, () => Td);

    public TdxKernel Kernel { get; }

    public ScriptedTd Td { get; } = new();

    /// <summary>The calls so far; in the end, those of the launch alone.</summary>
    public IReadOnlyList<KvmCall> Calls { get; private set; } = [];

    public MachineConfig Config { get; init; } = new() { Backend = BackendKind.Tdx, Cpus = 2, Memory = new MemorySize(37 << 20), Cmdline = "console=ttyS0" };

    /// <summary>Firmware, if it is to boot some.</summary>
    public byte[]? Firmware { get; init; }

    /// <summary>Whether there is an initrd.</summary>
    public bool HasInitrd { get; init; } = true;

    /// <summary>Pauses between attempts, which the test does not wait for.</summary>
    public int Pauses { get; private set; }

    /// <summary>A definition with files.</summary>
    public MachineConfig Complete()
    {
        string kernel = Path.Combine(_folder.Path, "kernel");
        string initrd = Path.Combine(_folder.Path, "initrd");
        File.WriteAllBytes(kernel, ElfImage.Create([0xF4, 0xEB, 0xFD]));
        File.WriteAllBytes(initrd, [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)]);
        if (Firmware is not null)
        {
            File.WriteAllBytes(Path.Combine(_folder.Path, "firmware"), Firmware);
        }

        return Config with { Kernel = kernel, Initrd = HasInitrd ? initrd : null, Firmware = Firmware is null ? null : Path.Combine(_folder.Path, "firmware") };
    }

    /// <summary>Builds the TD; nothing of it is left when this returns.</summary>
    public void Run()
    {
        List<KvmCall> calls = [];
        Calls = calls;
        using KvmSystem kvm = KvmSystem.Open(new RecordingSyscalls(Kernel, calls.Add));
        IServiceCollection services = new ServiceCollection()
            .AddMachine(MachinePlan.Create(Complete()), kvm, new DryRun())
            .AddSingleton(new LaunchRetry(_ => Pauses++));
        using ServiceProvider provider = services.BuildServiceProvider();
        AsyncServiceScope life = provider.CreateAsyncScope();
        try
        {
            life.ServiceProvider.GetRequiredService<VirtualMachine>();
        }
        finally
        {
            Calls = [.. calls];
            life.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    public void Dispose() => _folder.Dispose();
}

using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Testing;
using Vmm.Guests;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Running;
using Vmm.Host.Tests.Cli;
using Vmm.TdxModel;
using Vmm.TdxModel.Hardware.OnKvm;
using Vmm.TdxModel.Uapi;
using Vmm.Testing;

namespace Vmm.Host.Tests.Running;

/// <summary>The hello TD of one configuration file, as an emulated TD, and launched by KVM's TDX API on a model that executes it from the reset vector on.</summary>
[BeginsUnpaged]
public sealed class BothBackendsTests : IDisposable
{
    private const int Gpaw = 48;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [KvmTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void HelloTd_SaysTheSameOnBoth(int cpus)
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "hello.elf"), ElfImage.Create(HelloTd.Assemble()));
        string file = _folder.Write("hello.json", $$"""{ "kernel": "hello.elf", "memory": "16M", "cpus": {{cpus}}, "td": { "gpaw": {{Gpaw}} } }""");
        MachineConfig config = ConfigLoader.Load(file, new Dictionary<string, string>(StringComparer.Ordinal), []);
        using KvmSystem real = KvmSystem.Open();
        Assert.SkipUnless(HostCpuid.Read(real).PhysicalBits >= Gpaw, $"this host's page tables have less than the {Gpaw} address bits of TDX hardware");
        TdxKernel model = new(new TdxHost { SupportedCpuid = [.. real.GetSupportedCpuid().Select(one => new CpuidBits(one.Function, one.Index, one.Flags, one.Eax, one.Ebx, one.Ecx, one.Edx))] }, () => new KvmTd());

        string emulated = Run(config with { Backend = BackendKind.Emulated }, real);
        string hardware;
        using (KvmSystem kvm = KvmSystem.Open(model))
        {
            hardware = Run(config with { Backend = BackendKind.Tdx }, kvm);
        }

        Assert.StartsWith("Hello from a trust domain.", emulated, StringComparison.Ordinal);
        Assert.Equal(emulated, hardware);
        Assert.Empty(model.Leaks);
    }

    private static string Run(MachineConfig config, KvmSystem kvm)
    {
        FakeStreams streams = new();
        using ServiceProvider services = new ServiceCollection().AddMachine(MachinePlan.Create(config), kvm, streams).BuildServiceProvider();
        MachineLife life = new(services.CreateAsyncScope());
        try
        {
            MachineOutcome outcome = life.Run(Patience, () => { });
            Assert.True(outcome.Kind == MachineOutcomeKind.PowerOff, outcome.Message);
            return streams["console"].ReadAll().Text;
        }
        finally
        {
            life.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}

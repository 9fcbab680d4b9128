using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Guests;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Plugins;
using Vmm.Host.Running;
using Vmm.Tdx.Policies;

namespace Vmm.Integration.Tests.Harness;

/// <summary>Runs a program as a TD on this machine's KVM, composed as <c>vmm run</c> composes it, and waits for its end.</summary>
internal static class TdRunner
{
    public static TdRun Run(TestProgram program, TdOptions? options = null) => Run(new EmulatedBackend(), program, options);

    /// <summary>The same on a backend of choice.</summary>
    public static TdRun Run(ITdBackend backend, TestProgram program, TdOptions? options = null)
    {
        program.Seal();
        string image = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(image, ElfImage.Create(program.ToBytes(), more: program.Segments));
            return Run(backend, image, options ?? TdOptions.Default);
        }
        finally
        {
            File.Delete(image);
        }
    }

    /// <summary>The same with a kernel of somebody else's.</summary>
    public static TdRun Run(string kernel, TdOptions options) => Run(new EmulatedBackend(), kernel, options);

    /// <summary>The same on a backend of choice.</summary>
    public static TdRun Run(ITdBackend backend, string kernel, TdOptions options)
    {
        KvmSystem kvm = backend.Open();
        try
        {
            TestStreams streams = new();
            ServiceCollection services = new();
            services.AddMachine(Plan(backend, kernel, options), kvm, streams);
            options.Configure(services);
            AsyncServiceScope scope = services.BuildServiceProvider().CreateAsyncScope();
            MachineLife life = new(scope);
            return new TdRun(backend, kvm, scope, Live(life, options.Patience, () => options.Starting(scope.ServiceProvider)), streams, life.Counts().Exits);
        }
        catch
        {
            kvm.Dispose();
            throw;
        }
    }

    private static MachinePlan Plan(ITdBackend backend, string kernel, TdOptions options)
    {
        DeviceCatalog catalog = DeviceCatalog.BuiltIn();
        catalog.Add(typeof(Recorder).Assembly);
        ConfigNode noOptions = ConfigNode.EmptyObject(ConfigSource.Option("test"));
        MachineConfig config = new()
        {
            Backend = backend.Kind,
            Kernel = kernel,
            Memory = new MemorySize(options.Memory),
            Cmdline = options.CommandLine,
            Cpus = options.Cpus,
            Ve = options.Ve,
            Td = options.Td,
            OnFault = options.OnFault,
        };
        return new MachinePlan(config, catalog.Plan([.. options.Devices.Select(type => new DeviceConfig(type, type, noOptions))]), Policy.Default);
    }

    private static MachineOutcome Live(MachineLife life, TimeSpan patience, Action starting)
    {
        using Timer timer = new(_ => life.Lifecycle.End(new MachineOutcome(MachineOutcomeKind.Stopped, $"no end after {patience}")), null, patience, Timeout.InfiniteTimeSpan);
        return life.Run(patience, starting);
    }
}

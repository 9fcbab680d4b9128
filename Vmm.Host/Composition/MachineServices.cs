using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Boot;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Buses;
using Vmm.Core.Exits;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Host.Configuration;
using Vmm.Host.Running;

namespace Vmm.Host.Composition;

/// <summary>
/// The parts that every machine has. One life of a machine is one scope: what is registered here is made for it and disposed of with it. A test
/// or a plugin replaces any one part by registering another one.
/// </summary>
public static class MachineServices
{
    /// <summary>Registers a machine of either kind.</summary>
    /// <param name="services">Where.</param>
    /// <param name="plan">The machine.</param>
    /// <param name="kvm">KVM; outlives the machine.</param>
    /// <param name="streams">The host's byte streams; outlive the machine.</param>
    public static IServiceCollection AddMachine(this IServiceCollection services, MachinePlan plan, KvmSystem kvm, IByteStreams streams)
    {
        services.AddSingleton(plan);
        services.AddSingleton<DeviceRoster>();
        services.AddSingleton<PolicyInForce>();
        services.AddSingleton(kvm);
        services.AddSingleton(streams);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.TryAddSingleton(typeof(ILogger<>), typeof(Logger<>));

        services.AddScoped<MachineLifecycle>();
        services.AddScoped<IMachineControl>(scope => scope.GetRequiredService<MachineLifecycle>());
        services.AddScoped(_ => kvm.CreateVm(plan.IsHardwareTd ? KvmVmType.Tdx : KvmVmType.Default));
        services.AddScoped<IMsiSink>(scope => scope.GetRequiredService<KvmVm>());
        services.AddScoped<KvmInterruptRoutes>();
        services.AddScoped<IMsiRouter>(scope => scope.GetRequiredService<KvmInterruptRoutes>());
        services.AddScoped<IMsiLines>(scope => scope.GetRequiredService<KvmInterruptRoutes>());
        services.AddScoped<IoApic>();
        services.AddScoped<IInterruptController>(scope => scope.GetRequiredService<IoApic>());
        services.AddScoped(scope => HostClock.Measure(kvm, scope.GetRequiredService<KvmVm>()));
        services.AddScoped<IDeviceMemory>(scope => scope.GetRequiredService<GuestMemory>());
        services.AddScoped(DeviceFaultPolicy.Create);
        services.AddScoped<MachineDevices>();
        services.AddScoped(scope => scope.GetRequiredService<MachineDevices>().Buses);
        services.AddScoped(scope => scope.GetRequiredService<DeviceBuses>().Ports);
        services.AddScoped(scope => scope.GetRequiredService<DeviceBuses>().Mmio);
        services.AddScoped<ExitNormalizer>();
        services.AddScoped<MemoryAccessFinder>();
        services.AddScoped(Boot);
        services.AddScoped(scope => new Lazy<VirtualMachine>(scope.GetRequiredService<VirtualMachine>));
        services.AddScoped(scope => new VirtualMachine(
            scope.GetRequiredService<KvmVm>(),
            plan.Config.Cpus,
            scope.GetRequiredService<MachineLifecycle>(),
            scope.GetRequiredService<IPersonality>()));
        return plan.IsHardwareTd ? services.AddTdxTd(plan, kvm)
            : plan.Config.Guest == GuestKind.Td ? services.AddEmulatedTd(plan, kvm)
            : services.AddOrdinaryGuest(plan, kvm);
    }

    private static BootedKernel Boot(IServiceProvider scope)
    {
        LinuxBootOptions options = BootOptions.Of(scope.GetRequiredService<MachinePlan>().Config, scope.GetRequiredService<MachineDevices>().All);
        return LinuxBoot.Load(scope.GetRequiredService<GuestMemory>(), options);
    }

    /// <summary>The ranges of RAM that a machine of some size has.</summary>
    internal static IReadOnlyList<MemoryRange> Ram(MachineConfig config) => MemoryLayout.Create(config.Memory.Bytes).Ram;
}

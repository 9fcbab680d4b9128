using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Boot;
using Vmm.Core.Buses;
using Vmm.Core.Exits;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Core.Pci;
using Vmm.Host.Configuration;
using Vmm.Host.Running;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Module.Exits;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Module.Traps;
using Vmm.Tdx.Policies;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Host.Composition;

/// <summary>What an emulated TD has: the software TDX module and the handlers of its TDVMCALLs.</summary>
internal static class EmulatedTdServices
{
    internal static IServiceCollection AddEmulatedTd(this IServiceCollection services, MachinePlan plan, KvmSystem kvm)
    {
        MachineConfig config = plan.Config;
        var host = HostCpuid.Read(kvm);
        GpaWidth width = TdParameters.Width(config.Td, host);
        services.AddSingleton(host);
        services.AddScoped(scope => scope.GetRequiredService<PolicyInForce>().Current.Msr);
        services.AddScoped(_ => GuestMemory.CreateIsolated(width.SharedBit, MachineServices.Ram(config)));
        services.AddScoped(scope => TdParameters.CreateState(config, width, scope.GetRequiredService<HostClock>()));
        services.AddScoped(scope => plan.Policy.Cpuid.Build(
            host.Entries.AsSpan(),
            new MachineFacts(GuestKinds.Td, config.Cpus, (uint)scope.GetRequiredService<HostClock>().TscKhz, host.PhysicalBits)));
        services.AddScoped(scope => QuoteProviders.Create(config.Td.Quote, scope));
        return services.AddVmCalls(width).AddMachineForHandlers().AddTdxModule().AddPersonality(config);
    }

    private static IServiceCollection AddPersonality(this IServiceCollection services, MachineConfig config)
    {
        VeMode mode = config.Ve;
        services.AddScoped(typeof(VeMode), _ => mode);
        if (mode == VeMode.Fast)
        {
            services.AddScoped<IDoorbells>(scope => new KvmDoorbells(scope.GetRequiredService<KvmVm>(), scope.GetRequiredService<GpaWidth>().SharedBit));
        }

        services.AddScoped<TdCallTrap>();
        services.AddScoped<LaunchFileHashing>();
        services.AddScoped<MeasuredLaunch>();
        services.AddScoped<TdCallPatches>();
        services.AddScoped<ExceptionInjector>();
        services.AddScoped(scope => new MmioTraps(
            mode == VeMode.Fast ? [] : RegistersOf(scope.GetRequiredService<MachineDevices>()), scope.GetRequiredService<GpaWidth>().SharedBit));
        services.AddScoped(scope => new TdPortAccess(
            mode,
            scope.GetRequiredService<PortBus>(),
            scope.GetRequiredService<ExitNormalizer>(),
            scope.GetRequiredService<ExceptionInjector>(),
            scope.GetRequiredService<TdCallPatches>().HandOver));
        services.AddScoped<TdMemoryAccess>();
        services.AddScoped<TdMsrAccess>();
        services.AddScoped(scope => new EmulatedTdSetup(
            scope.GetRequiredService<TdState>(),
            scope.GetRequiredService<GuestMemory>(),
            scope.GetRequiredService<MmioTraps>(),
            scope.GetRequiredService<CpuidTables>(),
            scope.GetRequiredService<HostClock>().TscKhz,
            scope.GetRequiredService<BootedKernel>().BootProcessor,
            scope.GetRequiredService<BootedKernel>().ApplicationProcessor));
        services.AddScoped<IPersonality>(scope => new EmulatedTd(
            scope.GetRequiredService<EmulatedTdSetup>(),
            scope.GetRequiredService<TdxModule>(),
            scope.GetRequiredService<TdCallTrap>(),
            scope.GetRequiredService<TdPortAccess>(),
            scope.GetRequiredService<TdMemoryAccess>(),
            scope.GetRequiredService<TdMsrAccess>(),
            scope.GetRequiredService<ExceptionInjector>(),
            scope.GetRequiredService<IoApic>(),
            scope.GetRequiredService<MachineLifecycle>(),
            scope.GetService<ITdCallObserver>()));
        return services;
    }

    private static MemoryRange[] RegistersOf(MachineDevices devices) =>
        Array.ConvertAll(devices.All.SelectMany(DeviceBuses.RangesOf).ToArray(), range => new MemoryRange(range.First, range.Size));
}

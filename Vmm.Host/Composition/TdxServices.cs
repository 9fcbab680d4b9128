using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Boot;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Core.Pci;
using Vmm.Host.Configuration;
using Vmm.Host.Running;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Firmware.Shim;
using Vmm.Tdx.Hardware;
using Vmm.Tdx.Hardware.Exits;
using Vmm.Tdx.Hardware.Launch;
using Vmm.Tdx.Hardware.Memory;
using Vmm.Tdx.Policies;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Composition;

/// <summary>What a TD on TDX hardware has: the launch through KVM's TDX API, and the handlers of the TDVMCALLs that KVM leaves to us.</summary>
internal static class TdxServices
{
    internal static IServiceCollection AddTdxTd(this IServiceCollection services, MachinePlan plan, KvmSystem kvm)
    {
        MachineConfig config = plan.Config;
        var host = HostCpuid.Read(kvm);
        GpaWidth width = new(config.Td.Gpaw ?? GpaWidth.Usual);
        services.AddSingleton(host);
        services.AddSingleton(new IoApicOptions { SeesEndsOfInterrupts = false });
        services.AddSingleton(plan.Policy.Msr);
        services.AddScoped(_ => GuestMemory.CreateSharedSide(width.SharedBit, plan.Memory));
        services.AddScoped(scope => plan.Policy.Cpuid.Build(
            host.Entries.AsSpan(),
            new MachineFacts(GuestKinds.Td, config.Cpus, (uint)scope.GetRequiredService<HostClock>().TscKhz, host.PhysicalBits)));
        services.AddScoped(scope => QuoteProviders.CreateForHardware(config.Td.Quote, scope));
        return services.AddVmCalls(width).AddMachineForHandlers().AddLaunch(plan, width).AddPersonality();
    }

    private static IServiceCollection AddLaunch(this IServiceCollection services, MachinePlan plan, GpaWidth width)
    {
        MachineConfig config = plan.Config;
        services.AddScoped<TdxMemory>();
        services.AddScoped<IPageConverter>(scope => scope.GetRequiredService<TdxMemory>());
        services.AddScoped<LaunchFileHashing>();
        services.AddScoped(scope => TdParameters.OfHardware(config.Td, width, scope.GetRequiredService<HostClock>()));
        services.AddScoped(scope => plan.Firmware is { } firmware
            ? FirmwareFile.Load(config, firmware, scope.GetRequiredService<GuestMemory>(), BootOptions.Of(config, scope.GetRequiredService<MachineDevices>().All))
            : DirectBootImage(config, scope));
        services.AddSingleton(LaunchRetry.Patient);
        services.AddScoped<ITdxLaunch, TdxLaunch>();
        return services;
    }

    private static IServiceCollection AddPersonality(this IServiceCollection services)
    {
        services.AddScoped<VmCallExits>();
        services.AddScoped<MemoryFaults>();
        services.AddScoped<IPersonality, TdxTd>();

        // KVM serves TDVMCALL<#VE.RequestMMIO> from its own bus first, by addresses without the shared bit.
        services.AddScoped<IDoorbells>(scope => new KvmDoorbells(scope.GetRequiredService<KvmVm>(), sharedBit: 0));
        return services;
    }

    private static TdxImage DirectBootImage(MachineConfig config, IServiceProvider scope)
    {
        BootedKernel kernel = scope.GetRequiredService<BootedKernel>();
        GuestMemory memory = scope.GetRequiredService<GuestMemory>();
        IReadOnlyList<CcEvent> events = LaunchEvents.Of(kernel, memory, scope.GetRequiredService<LaunchFileHashing>().Digests, config.Cmdline);
        EventLogArea.Write(events, memory);
        return DirectBoot.Complete(memory, kernel, events);
    }
}

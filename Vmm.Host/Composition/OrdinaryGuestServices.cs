using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Boot;
using Vmm.Core.Buses;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Core.Pci;
using Vmm.Host.Running;
using Vmm.Tdx.Policies;

namespace Vmm.Host.Composition;

/// <summary>What a guest has that is no TD.</summary>
internal static class OrdinaryGuestServices
{
    internal static IServiceCollection AddOrdinaryGuest(this IServiceCollection services, MachinePlan plan, KvmSystem kvm)
    {
        services.AddScoped(_ => GuestMemory.CreateOrdinary(MachineServices.Ram(plan.Config)));
        services.AddScoped(scope => Cpuid(plan, HostCpuid.Read(kvm), scope.GetRequiredService<HostClock>()));
        services.AddScoped<IDoorbells>(scope => new KvmDoorbells(scope.GetRequiredService<KvmVm>(), sharedBit: 0));
        services.AddScoped<IPersonality>(scope =>
        {
            CpuidTables cpuid = scope.GetRequiredService<CpuidTables>();
            return new OrdinaryGuest(
                scope.GetRequiredService<GuestMemory>(),
                scope.GetRequiredService<DeviceBuses>(),
                scope.GetRequiredService<IoApic>(),
                [.. Enumerable.Range(0, cpuid.Count).Select(i => cpuid[i].Entries)],
                scope.GetRequiredService<HostClock>().TscKhz,
                scope.GetRequiredService<BootedKernel>().BootProcessor,
                scope.GetRequiredService<MachineLifecycle>());
        });
        return services;
    }

    private static CpuidTables Cpuid(MachinePlan plan, HostCpuid host, HostClock clock) => plan.Policy.Cpuid.Build(
        host.Entries.AsSpan(), new MachineFacts(GuestKinds.Ordinary, plan.Config.Cpus, (uint)clock.TscKhz, host.PhysicalBits));
}

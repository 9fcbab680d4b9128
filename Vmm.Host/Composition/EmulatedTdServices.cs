using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Vmm.Core.Boot;
using Vmm.Core.Buses;
using Vmm.Core.Exits;
using Vmm.Core.Interrupts;
using Vmm.Core.Kvm;
using Vmm.Core.Machine;
using Vmm.Core.Memory;
using Vmm.Host.Configuration;
using Vmm.Host.Running;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Module.Exits;
using Vmm.Tdx.Module.Leaves;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.Module.Traps;
using Vmm.Tdx.Policies;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;
using GuestKind = Vmm.Tdx.Policies.GuestKind;
using VeMode = Vmm.Tdx.Module.VeMode;

namespace Vmm.Host.Composition;

/// <summary>What an emulated TD has: the software TDX module and the handlers of its TDVMCALLs.</summary>
internal static class EmulatedTdServices
{
    internal static IServiceCollection AddEmulatedTd(this IServiceCollection services, MachinePlan plan, KvmSystem kvm)
    {
        MachineConfig config = plan.Config;
        services.AddScoped(_ => HostCpuid.Read(kvm));
        services.AddScoped(typeof(GpaWidth), scope => TdParameters.Width(config.Td, scope.GetRequiredService<HostCpuid>()));
        services.AddScoped(scope => GuestMemory.CreateIsolated(scope.GetRequiredService<GpaWidth>().SharedBit, MachineServices.Ram(config)));
        services.AddScoped(scope =>
        {
            HostCpuid host = scope.GetRequiredService<HostCpuid>();
            uint tscKhz = (uint)scope.GetRequiredService<HostClock>().TscKhz;
            return plan.Policy.Cpuid.Build(host.Entries, new MachineFacts(GuestKind.Td, config.Cpus, tscKhz, host.PhysicalBits));
        });
        services.AddSingleton(plan.Policy.Msr);
        return services.AddVmCalls().AddModule(config).AddPersonality(config);
    }

    private static IServiceCollection AddVmCalls(this IServiceCollection services)
    {
        services.AddScoped<VmCallDispatcher>();
        services.AddScoped<VmCallFaults>();
        services.AddScoped<IVmCallHandler, CpuidHandler>();
        services.AddScoped<IVmCallHandler, HltHandler>();
        services.AddScoped<IVmCallHandler, IoHandler>();
        services.AddScoped<IVmCallHandler, RdmsrHandler>();
        services.AddScoped<IVmCallHandler, WrmsrHandler>();
        services.AddScoped<IVmCallHandler, MmioHandler>();
        services.AddScoped<IVmCallHandler, WbinvdHandler>();
        services.AddScoped<IVmCallHandler, GetTdVmCallInfoHandler>();
        services.AddScoped<IVmCallHandler, MapGpaHandler>();
        services.AddScoped<IVmCallHandler, GetQuoteHandler>();
        services.AddScoped<IVmCallHandler, ReportFatalErrorHandler>();
        services.AddScoped<IVmCallHandler, SetupEventNotifyInterruptHandler>();
        services.AddScoped<IVmCallHandler, ServiceHandler>();
        services.AddScoped<IVendorCallHandler, KvmHypercallHandler>();
        services.AddScoped<MsrBank>();
        services.AddScoped<EventNotifier>();
        services.AddScoped<QuoteRequests>();
        services.TryAddScoped<IQuoteProvider, NoQuoteProvider>();
        services.TryAddSingleton(new MapGpaOptions());
        services.AddScoped<MachineVcpus>();
        services.AddScoped<IMsrAccess>(scope => scope.GetRequiredService<MachineVcpus>());
        services.AddScoped<IVcpuKicker>(scope => scope.GetRequiredService<MachineVcpus>());
        services.AddScoped<IFatalErrorSink, FatalErrorEndsMachine>();
        return services;
    }

    private static IServiceCollection AddModule(this IServiceCollection services, MachineConfig config)
    {
        services.AddScoped(scope => TdParameters.CreateState(
            config, scope.GetRequiredService<GpaWidth>(), scope.GetRequiredService<HostClock>()));
        services.AddScoped<SecureEpt>();
        services.AddScoped<IPageConverter>(scope => scope.GetRequiredService<SecureEpt>());
        services.AddScoped<GpaOperands>();
        services.AddScoped<ModuleState>();
        services.TryAddSingleton(_ => new EmulatedPlatform());
        services.AddScoped<TdReportBuilder>();
        services.AddScoped<TdxModule>();
        services.AddScoped<ITdCallLeaf, VpVmCall>();
        services.AddScoped<ITdCallLeaf, VpInfo>();
        services.AddScoped<ITdCallLeaf, MrRtmrExtend>();
        services.AddScoped<ITdCallLeaf, VpVeInfoGet>();
        services.AddScoped<ITdCallLeaf, MrReport>();
        services.AddScoped<ITdCallLeaf, VpCpuidVeSet>();
        services.AddScoped<ITdCallLeaf, MemPageAccept>();
        services.AddScoped<ITdCallLeaf, VmRd>();
        services.AddScoped<ITdCallLeaf, VmWr>();
        services.AddScoped<ITdCallLeaf, VpRd>();
        services.AddScoped<ITdCallLeaf, VpWr>();
        services.AddScoped<ITdCallLeaf, SysRd>();
        services.AddScoped<ITdCallLeaf, SysRdAll>();
        services.AddScoped<ITdCallLeaf, ServTdRd>();
        services.AddScoped<ITdCallLeaf, ServTdWr>();
        services.AddScoped<ITdCallLeaf, MrVerifyReport>();
        services.AddScoped<ITdCallLeaf, MemPageAttrRd>();
        services.AddScoped<ITdCallLeaf, MemPageAttrWr>();
        return services;
    }

    private static IServiceCollection AddPersonality(this IServiceCollection services, MachineConfig config)
    {
        VeMode mode = config.Ve == Configuration.VeMode.Fast ? VeMode.Fast : VeMode.Architectural;
        services.AddScoped(typeof(VeMode), _ => mode);
        services.AddScoped<TdCallTrap>();
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

    private static IEnumerable<MemoryRange> RegistersOf(MachineDevices devices) =>
        devices.All.OfType<IMmioDevice>().SelectMany(device => device.MmioRanges).Select(range => new MemoryRange(range.First, range.Size));
}

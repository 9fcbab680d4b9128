using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Vmm.Tdx.Abi;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.VmCalls;

/// <summary>Registers the serving of TDVMCALLs with a machine's services.</summary>
/// <remarks>
/// The machine brings the rest: the buses, <c>IDeviceMemory</c>, <c>IMsiSink</c>, <see cref="IPageConverter"/>, <see cref="IVcpuKicker"/>,
/// <see cref="IMsrAccess"/>, <see cref="IFatalErrorSink"/>, <c>CpuidTables</c> and <c>MsrPolicy</c>.
/// </remarks>
public static class VmCallServices
{
    /// <summary>Adds the dispatcher and one handler a sub-function; what has none is SUBFUNC_UNSUPPORTED.</summary>
    /// <param name="services">Services of one machine.</param>
    /// <param name="gpaWidth">Width of the TD's guest-physical addresses.</param>
    public static IServiceCollection AddVmCalls(this IServiceCollection services, GpaWidth gpaWidth)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new MapGpaOptions());
        services.TryAddScoped<IQuoteProvider, NoQuoteProvider>();
        services.TryAddScoped<IVendorCallHandler, KvmHypercallHandler>();
        services.AddSingleton(typeof(GpaWidth), gpaWidth);
        return services
            .AddScoped<Policies.MsrBank>()
            .AddScoped<EventNotifier>()
            .AddScoped<QuoteRequests>()
            .AddScoped<VmCallFaults>()
            .AddScoped<VmCallDispatcher>()
            .AddScoped<IVmCallHandler, CpuidHandler>()
            .AddScoped<IVmCallHandler, HltHandler>()
            .AddScoped<IVmCallHandler, IoHandler>()
            .AddScoped<IVmCallHandler, RdmsrHandler>()
            .AddScoped<IVmCallHandler, WrmsrHandler>()
            .AddScoped<IVmCallHandler, MmioHandler>()
            .AddScoped<IVmCallHandler, WbinvdHandler>()
            .AddScoped<IVmCallHandler, GetTdVmCallInfoHandler>()
            .AddScoped<IVmCallHandler, MapGpaHandler>()
            .AddScoped<IVmCallHandler, GetQuoteHandler>()
            .AddScoped<IVmCallHandler, ReportFatalErrorHandler>()
            .AddScoped<IVmCallHandler, SetupEventNotifyInterruptHandler>()
            .AddScoped<IVmCallHandler, ServiceHandler>()
            .AddScoped<IVmCallHandler, RdpmcHandler>()
            .AddScoped<IVmCallHandler, VmCallInstructionHandler>()
            .AddScoped<IVmCallHandler, PconfigHandler>()
            .AddScoped<IVmCallHandler, MigTdHandler>();
    }

    /// <summary>Puts one handler in another's place; both serve the same sub-function.</summary>
    /// <typeparam name="TOld">The handler registered so far.</typeparam>
    /// <typeparam name="TNew">The one to use instead.</typeparam>
    /// <exception cref="ArgumentException"><typeparamref name="TOld"/> is not registered.</exception>
    public static IServiceCollection ReplaceVmCallHandler<TOld, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TNew>(
        this IServiceCollection services)
        where TOld : IVmCallHandler
        where TNew : class, IVmCallHandler
    {
        ServiceDescriptor old = services.FirstOrDefault(service => !service.IsKeyedService && service.ImplementationType == typeof(TOld))
            ?? throw new ArgumentException($"{typeof(TOld).Name} is not registered", nameof(services));
        services.Remove(old);
        return services.AddScoped<IVmCallHandler, TNew>();
    }
}

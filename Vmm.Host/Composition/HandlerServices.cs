using Microsoft.Extensions.DependencyInjection;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Composition;

/// <summary>What the handlers of TDVMCALLs ask of the machine, on either backend.</summary>
internal static class HandlerServices
{
    internal static IServiceCollection AddMachineForHandlers(this IServiceCollection services)
    {
        services.AddScoped<MachineVcpus>();
        services.AddScoped<IMsrAccess>(scope => scope.GetRequiredService<MachineVcpus>());
        services.AddScoped<IVcpuKicker>(scope => scope.GetRequiredService<MachineVcpus>());
        services.AddScoped<IFatalErrorSink, FatalErrorEndsMachine>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Module.Leaves;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Module;

/// <summary>Registers the software TDX module with a machine's services.</summary>
/// <remarks>The machine brings guest memory, the TD's <see cref="TdState"/> and what <see cref="VmCallServices"/> asks for.</remarks>
public static class ModuleServices
{
    /// <summary>Adds the module with all its leaves. Leaves that are not here are refused: those of partitioned TDs and of TDX Connect.</summary>
    public static IServiceCollection AddTdxModule(this IServiceCollection services)
    {
        services.TryAddSingleton(_ => new EmulatedPlatform());
        services.TryAddScoped<ModuleState>();
        return services
            .AddScoped<SecureEpt>()
            .AddScoped<IPageConverter>(scope => scope.GetRequiredService<SecureEpt>())
            .AddScoped<GpaOperands>()
            .AddScoped<TdReportBuilder>()
            .AddScoped<TdxModule>()
            .AddScoped<ITdCallLeaf, VpVmCall>()
            .AddScoped<ITdCallLeaf, VpInfo>()
            .AddScoped<ITdCallLeaf, MrRtmrExtend>()
            .AddScoped<ITdCallLeaf, VpVeInfoGet>()
            .AddScoped<ITdCallLeaf, MrReport>()
            .AddScoped<ITdCallLeaf, VpCpuidVeSet>()
            .AddScoped<ITdCallLeaf, MemPageAccept>()
            .AddScoped<ITdCallLeaf, VmRd>()
            .AddScoped<ITdCallLeaf, VmWr>()
            .AddScoped<ITdCallLeaf, VpRd>()
            .AddScoped<ITdCallLeaf, VpWr>()
            .AddScoped<ITdCallLeaf, SysRd>()
            .AddScoped<ITdCallLeaf, SysRdAll>()
            .AddScoped<ITdCallLeaf, ServTdRd>()
            .AddScoped<ITdCallLeaf, ServTdWr>()
            .AddScoped<ITdCallLeaf, MrVerifyReport>()
            .AddScoped<ITdCallLeaf, MemPageAttrRd>()
            .AddScoped<ITdCallLeaf, MemPageAttrWr>();
    }
}

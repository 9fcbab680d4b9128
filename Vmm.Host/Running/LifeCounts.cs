using Microsoft.Extensions.DependencyInjection;
using Vmm.Core.Buses;
using Vmm.Core.Machine;
using Vmm.Tdx.Hardware;
using Vmm.Tdx.Hardware.Memory;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Exceptions;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Running;

/// <summary>What the parts of a machine counted in one of its lives.</summary>
/// <param name="Exits">Exits of each vCPU.</param>
/// <param name="Devices">Accesses to devices.</param>
/// <param name="TdCalls">TDCALLs by name; empty for a guest that is no TD, as are the next ones.</param>
/// <param name="VmCalls">TDVMCALLs by name and answer.</param>
/// <param name="VirtualizationExceptions">#VEs raised.</param>
/// <param name="ConvertedPages">Pages that became shared or private.</param>
internal sealed record LifeCounts(
    IReadOnlyList<ExitCounters> Exits,
    IReadOnlyList<AttachedDevice> Devices,
    IReadOnlyList<KeyValuePair<string, long>> TdCalls,
    IReadOnlyList<VmCallCount> VmCalls,
    long VirtualizationExceptions,
    long ConvertedPages)
{
    /// <summary>Collects them from a machine that has ended.</summary>
    public static LifeCounts Collect(IReadOnlyList<Vcpu> vcpus, IServiceProvider services)
    {
        IPersonality personality = services.GetRequiredService<IPersonality>();
        EmulatedVcpu[] emulated = [.. (personality as EmulatedTd)?.Vcpus ?? []];
        IEnumerable<IVmCallVcpu> callers = (personality as TdxTd)?.Vcpus ?? (IEnumerable<IVmCallVcpu>)emulated;
        return new LifeCounts(
            [.. vcpus.Select(vcpu => vcpu.Exits)],
            services.GetRequiredService<DeviceBuses>().Devices,
            [.. emulated.SelectMany(vcpu => vcpu.TdCalls.All())],
            [.. callers.SelectMany(vcpu => vcpu.VmCalls.All())],
            services.GetService<ExceptionInjector>()?.VirtualizationExceptions ?? 0,
            services.GetService<SecureEpt>()?.ConvertedPages ?? services.GetService<TdxMemory>()?.ConvertedPages ?? 0);
    }
}

using Vmm.Core.Kvm.Layout;

namespace Vmm.Tdx.Module;

/// <summary>Stands between a TD and the module and sees every TDCALL: traces and summaries. Where there is none, nothing is paid for it.</summary>
public interface ITdCallObserver
{
    /// <summary>Has the module serve one call, and looks on.</summary>
    /// <param name="module">The module.</param>
    /// <param name="vcpu">The calling vCPU.</param>
    /// <param name="registers">Operands in, results out.</param>
    /// <returns>What the module answered.</returns>
    TdCallResult Observe(TdxModule module, TdVcpu vcpu, ref KvmRegs registers);
}

using Vmm.Core.Machine;
using Vmm.Tdx.VmCalls;

namespace Vmm.Host.Composition;

/// <summary>The vCPUs for handlers, which are made before them.</summary>
/// <param name="machine">The machine, once it is there.</param>
public sealed class MachineVcpus(Lazy<VirtualMachine> machine) : IMsrAccess, IVcpuKicker
{
    /// <inheritdoc/>
    public bool TryRead(IVmCallVcpu vcpu, uint index, out ulong value) => machine.Value.Vcpus[vcpu.Index].Kvm.TryGetMsr(index, out value);

    /// <inheritdoc/>
    public bool TryWrite(IVmCallVcpu vcpu, uint index, ulong value) => machine.Value.Vcpus[vcpu.Index].Kvm.TrySetMsr(index, value);

    /// <inheritdoc/>
    public void Kick(uint apicId)
    {
        foreach (Vcpu vcpu in machine.Value.Vcpus)
        {
            if (vcpu.ApicId == apicId)
            {
                vcpu.Wake();
            }
        }
    }
}

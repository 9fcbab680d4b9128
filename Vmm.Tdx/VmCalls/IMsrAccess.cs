namespace Vmm.Tdx.VmCalls;

/// <summary>The model-specific registers that the host (KVM) keeps for a vCPU.</summary>
public interface IMsrAccess
{
    /// <summary>Reads a register of the calling vCPU.</summary>
    /// <returns>False when the host has no such register or does not let it be read.</returns>
    bool TryRead(IVmCallVcpu vcpu, uint index, out ulong value);

    /// <summary>Writes a register of the calling vCPU.</summary>
    /// <returns>False when the host has no such register or refuses the value.</returns>
    bool TryWrite(IVmCallVcpu vcpu, uint index, ulong value);
}

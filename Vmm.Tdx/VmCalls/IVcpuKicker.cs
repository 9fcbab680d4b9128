namespace Vmm.Tdx.VmCalls;

/// <summary>Wakes halted vCPUs.</summary>
public interface IVcpuKicker
{
    /// <summary>Has a vCPU leave its halt, if it is in one; does not wait for it. Unknown ids are ignored.</summary>
    /// <param name="apicId">x2APIC id, as the guest gave it.</param>
    void Kick(uint apicId);
}

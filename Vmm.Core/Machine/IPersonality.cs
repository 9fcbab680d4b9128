namespace Vmm.Core.Machine;

/// <summary>
/// Decides what an exit means: an ordinary guest's port access goes to the bus, an emulated TD's becomes #VE. It never duplicates a device, a
/// bus or a handler.
/// </summary>
public interface IPersonality
{
    /// <summary>Whether all vCPUs run from the start (and wait for each other by themselves), or only the boot processor.</summary>
    bool StartsAllVcpus { get; }

    /// <summary>Prepares the VM: capabilities, filters, memory slots. Called once, before any vCPU exists.</summary>
    void PrepareVm(Kvm.KvmVm vm);

    /// <summary>Finishes what takes all vCPUs, none of which has run. Called once, before any <see cref="PrepareVcpu"/>.</summary>
    void PrepareVcpus(Kvm.KvmVm vm, IReadOnlyList<Vcpu> vcpus)
    {
    }

    /// <summary>Gives a new vCPU its CPUID table, registers and the like. Called on the vCPU's own thread.</summary>
    void PrepareVcpu(Vcpu vcpu);

    /// <summary>Serves one exit, on the vCPU's own thread. The run loop has dealt with interruptions already.</summary>
    void Handle(Vcpu vcpu, in VcpuExit exit);
}

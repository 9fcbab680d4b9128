using Vmm.Core.Kvm;
using Vmm.Core.Machine;

namespace Vmm.Tdx.Hardware;

/// <summary>Builds a TD by KVM's TDX API, in the two steps between which the vCPUs are made. Throws what is to be told to the user.</summary>
public interface ITdxLaunch
{
    /// <summary>All that comes before the first vCPU: capabilities, memory, KVM_TDX_INIT_VM.</summary>
    void PrepareVm(KvmVm vm);

    /// <summary>All that comes after the last one, up to KVM_TDX_FINALIZE_VM.</summary>
    void PrepareVcpus(KvmVm vm, IReadOnlyList<Vcpu> vcpus);
}

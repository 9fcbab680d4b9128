using Vmm.Core.Kvm.Layout;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Leaves;
using Vmm.Tdx.Module.Pages;

namespace Vmm.TdxModel.Hardware.OnKvm;

/// <summary>
/// TDG.MEM.PAGE.ACCEPT as it is on hardware where nothing private is mapped: an EPT violation, after which the guest makes the call again. The software
/// module, which has its VMM at hand, takes the page back at once instead.
/// </summary>
/// <param name="accept">The leaf itself.</param>
/// <param name="pages">Page states.</param>
/// <param name="vcpuCount">Number of vCPUs.</param>
internal sealed class FaultingPageAccept(MemPageAccept accept, SecureEpt pages, int vcpuCount) : ITdCallLeaf
{
    private readonly ulong?[] _faults = new ulong?[vcpuCount];

    public TdCallLeaf Leaf => accept.Leaf;

    public TdCallResult Execute(TdVcpu vcpu, ref KvmRegs registers)
    {
        ulong gpa = new GpaMapping(registers.Rcx).Gpa;
        if (pages.GetState(gpa) != PageState.Shared)
        {
            return accept.Execute(vcpu, ref registers);
        }

        _faults[vcpu.Index] = gpa;
        return TdxStatus.Success;
    }

    /// <summary>Whether the vCPU's last call was none, but a violation.</summary>
    internal bool TryTake(int vcpu, out ulong gpa)
    {
        gpa = _faults[vcpu] ?? 0;
        bool faulted = _faults[vcpu] is not null;
        _faults[vcpu] = null;
        return faulted;
    }
}

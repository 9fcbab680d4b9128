using Vmm.Core.Kvm.Layout;
using Vmm.Core.Machine;
using Vmm.Tdx.Module;

namespace Vmm.Integration.Tests.Linux;

/// <summary>Writes down a kernel's TDCALLs, and ends the machine when there are enough.</summary>
internal sealed class FirstCallsObserver(FirstCalls calls, MachineLifecycle lifecycle) : ITdCallObserver
{
    private const ulong VpVeInfoGet = 3;

    private int _exceptions;

    public TdCallResult Observe(TdxModule module, TdVcpu vcpu, ref KvmRegs registers)
    {
        ulong leaf = registers.Rax;
        TdCallResult result = module.Call(vcpu, ref registers);
        calls.Leaves.Add(leaf);
        calls.Statuses.Add(registers.Rax);

        // The one behind has to be served first: the end comes when the next is asked about.
        if (leaf == VpVeInfoGet && ++_exceptions > FirstCalls.Exceptions)
        {
            lifecycle.End(new MachineOutcome(MachineOutcomeKind.Stopped, FirstCalls.Enough));
        }

        return result;
    }
}

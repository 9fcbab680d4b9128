using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Tdx.Module.Traps;

/// <summary>
/// The TDCALL sites that one vCPU has been seen at: a TDCALL that is known costs no look at guest memory and no system call. A kernel has three.
/// </summary>
/// <param name="trap">Tells TDCALL from other OUT.</param>
public sealed class TdCallSites(TdCallTrap trap)
{
    private const int Slots = 16;

    private readonly (ulong Rip, ulong Next)[] _known = new (ulong, ulong)[Slots];

    /// <summary>After an exit for <see cref="TdCallTrap.Port"/>: whether a TDCALL made it.</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="next">RIP behind the TDCALL.</param>
    public bool TryRecognise(KvmVcpu vcpu, out ulong next)
    {
        ulong rip = vcpu.Registers.Rip;
        ref (ulong Rip, ulong Next) slot = ref _known[rip / TdCallStride % Slots];
        next = slot.Next;
        return (slot.Rip == rip && next != 0) || TryLearn(vcpu, rip, ref slot, out next);
    }

    // Stubs are aligned to 16 bytes or so: neighbours fall into different slots.
    private const ulong TdCallStride = 16;

    private bool TryLearn(KvmVcpu vcpu, ulong rip, ref (ulong Rip, ulong Next) slot, out ulong next)
    {
        vcpu.GetSregs(out KvmSregs sregs);
        if (!trap.IsTdCall(in sregs, rip, out next))
        {
            return false;
        }

        slot = (rip, next);
        return true;
    }
}

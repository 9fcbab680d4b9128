using Vmm.Core.Exits;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Module.Exceptions;

/// <summary>Raises exceptions in a TD. The vCPU's registers stand at the instruction that is at fault.</summary>
/// <param name="memory">Guest memory.</param>
/// <param name="observer">Sees every #VE; null costs nothing.</param>
public sealed class ExceptionInjector(GuestMemory memory, IVeObserver? observer = null)
{
    private const ulong FlagResume = 1 << 16;

    private readonly DirectDelivery _direct = new(memory);

    /// <summary>#VE raised so far, all vCPUs.</summary>
    public long VirtualizationExceptions => Volatile.Read(ref _virtualizationExceptions);

    private long _virtualizationExceptions;

    /// <summary>Raises #VE; or #DF, if the guest has not yet asked about the last one (TDX module: VE_INFO is valid).</summary>
    /// <param name="vcpu">The vCPU.</param>
    /// <param name="td">What the module keeps of it.</param>
    /// <param name="sregs">Its registers.</param>
    /// <param name="info">What the guest is told.</param>
    /// <param name="completionPending">KVM still owes something to the instruction; see <see cref="RewoundIo"/>.</param>
    public void RaiseVe(KvmVcpu vcpu, TdVcpu td, in KvmSregs sregs, in VeInfo info, bool completionPending = false)
    {
        if (td.PendingVe is not null)
        {
            Raise(vcpu, ExceptionVector.DoubleFault, hasErrorCode: true, completionPending);
            return;
        }

        td.PendingVe = info;
        Interlocked.Increment(ref _virtualizationExceptions);
        observer?.VeRaised(td, in vcpu.Registers, in info);
        if (!_direct.TryDeliver(vcpu, in sregs, (byte)ExceptionVector.Virtualization))
        {
            Raise(vcpu, ExceptionVector.Virtualization, hasErrorCode: false, completionPending);
        }
    }

    /// <summary>Raises an exception through KVM.</summary>
    public static void Raise(KvmVcpu vcpu, ExceptionVector vector, bool hasErrorCode, bool completionPending)
    {
        if (completionPending)
        {
            ExitNormalizer.Settle(vcpu);
        }

        if (vector != ExceptionVector.DoubleFault)
        {
            // Faults push RF set, so that IRET does not trip over an instruction breakpoint twice; #DF is an abort.
            vcpu.Registers.Rflags |= FlagResume;
            vcpu.MarkRegistersDirty();
        }

        // Edited, not made anew: a zeroed structure would unmask NMIs.
        vcpu.GetEvents(out KvmVcpuEvents events);
        events.Exception.Injected = 1;
        events.Exception.Pending = 0;
        events.Exception.Vector = (byte)vector;
        events.Exception.HasErrorCode = hasErrorCode ? (byte)1 : (byte)0;
        events.Exception.ErrorCode = 0;
        events.Interrupt.Shadow = 0;
        vcpu.SetEvents(ref events);
    }
}

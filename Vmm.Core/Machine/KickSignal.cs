using Vmm.Core.Interop;
using Vmm.Core.Kvm;

namespace Vmm.Core.Machine;

/// <summary>
/// Brings a vCPU thread out of KVM_RUN without a signal handler: the signal is blocked in the thread, let through only inside KVM_RUN
/// (KVM_SET_SIGNAL_MASK), and taken off the queue afterwards. immediate_exit closes the race with a thread that is about to enter.
/// </summary>
/// <remarks>The thread that constructs it must be the vCPU's own.</remarks>
internal sealed class KickSignal
{
    // Any real-time signal but the lowest, with which the runtime suspends threads.
    private const int Signal = 40;
    private const ulong SignalBit = 1UL << (Signal - 1);

    private readonly KvmVcpu _vcpu;
    private readonly int _thread;

    internal KickSignal(KvmVcpu vcpu)
    {
        _vcpu = vcpu;
        _thread = Libc.CurrentThreadId();
        ulong before = Libc.BlockSignals(SignalBit);
        vcpu.SetSignalMask(before & ~SignalBit);
    }

    /// <summary>Id of the vCPU's thread in the kernel.</summary>
    internal int ThreadId => _thread;

    /// <summary>Any thread: makes the vCPU look at its requests soon.</summary>
    internal void Send()
    {
        _vcpu.RequestImmediateExit();
        Libc.SignalThread(_thread, Signal);
    }

    /// <summary>The vCPU's thread, after EINTR: forgets the kick, before it looks at its requests.</summary>
    internal void Drain()
    {
        _vcpu.ClearImmediateExit();
        Libc.DrainSignals(SignalBit);
    }
}

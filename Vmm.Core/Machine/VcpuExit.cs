using Vmm.Core.Interop;
using Vmm.Core.Kvm;

namespace Vmm.Core.Machine;

/// <summary>Why a vCPU came back, as a value. The details stay in the page shared with KVM (<see cref="KvmVcpu.Area"/>).</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Reason">KVM's exit reason; stale when <paramref name="Kind"/> is <see cref="VcpuExitKind.ForbiddenMemory"/>.</param>
/// <param name="Errno">Error number of KVM_RUN, 0 if it succeeded.</param>
public readonly record struct VcpuExit(VcpuExitKind Kind, KvmExitReason Reason, int Errno)
{
    /// <summary>Makes the value from what KVM_RUN returned.</summary>
    public static VcpuExit From(KvmVcpu vcpu, int result)
    {
        KvmExitReason reason = vcpu.Area.ExitReason;
        return result switch
        {
            >= 0 => new VcpuExit(Classify(reason), reason, 0),
            -Libc.EINTR => new VcpuExit(VcpuExitKind.Interrupted, reason, Libc.EINTR),
            -Libc.EFAULT => new VcpuExit(VcpuExitKind.ForbiddenMemory, reason, Libc.EFAULT),
            _ => new VcpuExit(VcpuExitKind.Failed, reason, -result),
        };
    }

    private static VcpuExitKind Classify(KvmExitReason reason) => reason switch
    {
        KvmExitReason.Io => VcpuExitKind.Io,
        KvmExitReason.Mmio => VcpuExitKind.Mmio,
        KvmExitReason.X86Rdmsr => VcpuExitKind.ReadMsr,
        KvmExitReason.X86Wrmsr => VcpuExitKind.WriteMsr,
        KvmExitReason.Intr => VcpuExitKind.Interrupted,
        KvmExitReason.IoapicEoi => VcpuExitKind.EndOfInterrupt,
        KvmExitReason.Shutdown => VcpuExitKind.TripleFault,
        KvmExitReason.Hypercall => VcpuExitKind.Hypercall,
        KvmExitReason.SystemEvent => VcpuExitKind.SystemEvent,
        KvmExitReason.MemoryFault => VcpuExitKind.ForbiddenMemory,
        KvmExitReason.Tdx => VcpuExitKind.Tdx,
        _ => VcpuExitKind.Failed,
    };
}

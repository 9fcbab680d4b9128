using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>What is on its way into the guest, <c>struct kvm_vcpu_events</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmVcpuEvents
{
    /// <summary>Exception.</summary>
    public KvmExceptionEvent Exception;

    /// <summary>Interrupt.</summary>
    public KvmInterruptEvent Interrupt;

    /// <summary>Non-maskable interrupt.</summary>
    public KvmNmiEvent Nmi;

    /// <summary>Start-up vector of a waiting vCPU.</summary>
    public uint SipiVector;

    /// <summary>KVM_VCPUEVENT_VALID_*: which optional fields are valid.</summary>
    public uint Flags;

    /// <summary>System management mode; not used by a TD.</summary>
    public uint Smi;

    /// <summary>1 if a triple fault waits.</summary>
    public byte TripleFaultPending;

    private readonly Padding26 _reserved;

    /// <summary>1 if the payload is valid.</summary>
    public byte ExceptionHasPayload;

    /// <summary>DR6 or CR2 of the exception.</summary>
    public ulong ExceptionPayload;

    [InlineArray(26)]
    private struct Padding26
    {
        private byte _element;
    }
}

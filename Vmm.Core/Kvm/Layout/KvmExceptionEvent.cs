using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>An exception on its way into the guest; part of <see cref="KvmVcpuEvents"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExceptionEvent
{
    /// <summary>1 if it is to be delivered at the next entry.</summary>
    public byte Injected;

    /// <summary>Exception vector, 0 to 31.</summary>
    public byte Vector;

    /// <summary>1 if the error code is pushed.</summary>
    public byte HasErrorCode;

    /// <summary>1 if raised but not yet tried (only with KVM_CAP_EXCEPTION_PAYLOAD).</summary>
    public byte Pending;

    /// <summary>Error code.</summary>
    public uint ErrorCode;
}

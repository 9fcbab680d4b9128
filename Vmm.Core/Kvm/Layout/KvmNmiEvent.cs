using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>A non-maskable interrupt on its way into the guest; part of <see cref="KvmVcpuEvents"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmNmiEvent
{
    /// <summary>1 if it is to be delivered at the next entry.</summary>
    public byte Injected;

    /// <summary>1 if it waits.</summary>
    public byte Pending;

    /// <summary>1 while blocked.</summary>
    public byte Masked;

    private readonly byte _padding;
}

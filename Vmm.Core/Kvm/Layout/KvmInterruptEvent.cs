using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>An interrupt on its way into the guest; part of <see cref="KvmVcpuEvents"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmInterruptEvent
{
    /// <summary>1 if it is to be delivered at the next entry.</summary>
    public byte Injected;

    /// <summary>Interrupt vector.</summary>
    public byte Vector;

    /// <summary>1 for INT n.</summary>
    public byte Soft;

    /// <summary>Interrupts held back by MOV SS (1) or STI (2).</summary>
    public byte Shadow;
}

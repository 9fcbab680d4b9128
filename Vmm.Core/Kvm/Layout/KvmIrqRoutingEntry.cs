using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>One route, <c>struct kvm_irq_routing_entry</c> (linux/kvm.h), with the members of the MSI kind.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmIrqRoutingEntry
{
    /// <summary>Interrupt number that is routed.</summary>
    public uint Gsi;

    /// <summary>KVM_IRQ_ROUTING_*.</summary>
    public uint Type;

    /// <summary>0.</summary>
    public uint Flags;

    private readonly uint _padding;

    /// <summary>Message address 31:0.</summary>
    public uint MsiAddressLow;

    /// <summary>Message address 63:32.</summary>
    public uint MsiAddressHigh;

    /// <summary>Message data.</summary>
    public uint MsiData;

    private readonly Padding5 _union;

    [InlineArray(5)]
    private struct Padding5
    {
        private uint _element;
    }
}

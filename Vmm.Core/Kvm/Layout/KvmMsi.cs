using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>A message-signalled interrupt, <c>struct kvm_msi</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmMsi
{
    /// <summary>Address 31:0.</summary>
    public uint AddressLow;

    /// <summary>Address 63:32: destination id 31:8 in x2APIC format.</summary>
    public uint AddressHigh;

    /// <summary>Data.</summary>
    public uint Data;

    /// <summary>0.</summary>
    public uint Flags;

    /// <summary>Not used on x86.</summary>
    public uint DeviceId;

    private readonly Padding12 _padding;

    [InlineArray(12)]
    private struct Padding12
    {
        private byte _element;
    }
}

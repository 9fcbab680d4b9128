using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_MMIO.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitMmio
{
    /// <summary>Guest-physical address.</summary>
    public ulong PhysicalAddress;

    /// <summary>Up to eight bytes, little-endian.</summary>
    public ulong Data;

    /// <summary>Number of bytes.</summary>
    public uint Length;

    /// <summary>1 for a write.</summary>
    public byte IsWrite;
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>A memory slot, <c>struct kvm_userspace_memory_region</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmUserspaceMemoryRegion
{
    /// <summary>Slot number.</summary>
    public uint Slot;

    /// <summary>KVM_MEM_*.</summary>
    public uint Flags;

    /// <summary>First guest-physical address.</summary>
    public ulong GuestPhysicalAddress;

    /// <summary>Size in bytes; 0 deletes the slot.</summary>
    public ulong MemorySize;

    /// <summary>Host address that backs it.</summary>
    public ulong UserspaceAddress;
}

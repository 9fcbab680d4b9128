using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>A memory slot with a private side, <c>struct kvm_userspace_memory_region2</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmUserspaceMemoryRegion2
{
    /// <summary>Slot number.</summary>
    public uint Slot;

    /// <summary>What backs it.</summary>
    public KvmMemoryFlags Flags;

    /// <summary>First guest-physical address.</summary>
    public ulong GuestPhysicalAddress;

    /// <summary>Size in bytes; 0 deletes the slot.</summary>
    public ulong MemorySize;

    /// <summary>Host address that backs its shared pages.</summary>
    public ulong UserspaceAddress;

    /// <summary>Where in the guest_memfd its private pages begin.</summary>
    public ulong GuestMemfdOffset;

    /// <summary>File descriptor of the guest_memfd.</summary>
    public uint GuestMemfd;

    private readonly uint _padding;

    private readonly Padding14 _reserved;

    [InlineArray(14)]
    private struct Padding14
    {
        private ulong _element;
    }
}

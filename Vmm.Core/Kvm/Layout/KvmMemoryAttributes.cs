using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>What a run of guest memory is, <c>struct kvm_memory_attributes</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmMemoryAttributes
{
    /// <summary>First guest-physical address, page-aligned, without the shared bit.</summary>
    public ulong Address;

    /// <summary>Size in bytes, page-aligned.</summary>
    public ulong Size;

    /// <summary>What it becomes.</summary>
    public KvmMemoryAttribute Attributes;

    /// <summary>0.</summary>
    public ulong Flags;
}

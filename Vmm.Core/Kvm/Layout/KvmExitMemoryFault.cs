using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_MEMORY_FAULT.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitMemoryFault
{
    private const ulong PrivateFlag = 1 << 3; // KVM_MEMORY_EXIT_FLAG_PRIVATE

    /// <summary>Bit 3: the guest accessed the address as private.</summary>
    public ulong Flags;

    /// <summary>First guest-physical address.</summary>
    public ulong Gpa;

    /// <summary>Size in bytes.</summary>
    public ulong Size;

    /// <summary>Whether the guest accessed the address as private.</summary>
    public readonly bool IsPrivate => (Flags & PrivateFlag) != 0;
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>A guest write that signals an eventfd, <c>struct kvm_ioeventfd</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmIoeventfd
{
    /// <summary>Value to match.</summary>
    public ulong DataMatch;

    /// <summary>Port or guest-physical address.</summary>
    public ulong Address;

    /// <summary>Width in bytes: 1, 2, 4 or 8; 0 for any.</summary>
    public uint Length;

    /// <summary>The eventfd.</summary>
    public int Fd;

    /// <summary>KVM_IOEVENTFD_FLAG_*.</summary>
    public uint Flags;

    private readonly Padding36 _padding;

    [InlineArray(36)]
    private struct Padding36
    {
        private byte _element;
    }
}

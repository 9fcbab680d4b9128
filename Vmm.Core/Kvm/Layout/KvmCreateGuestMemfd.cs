using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary><c>struct kvm_create_guest_memfd</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmCreateGuestMemfd
{
    /// <summary>Size in bytes, page-aligned.</summary>
    public ulong Size;

    /// <summary>0.</summary>
    public ulong Flags;

    private readonly Reserved6 _reserved;

    [InlineArray(6)]
    private struct Reserved6
    {
        private ulong _element;
    }
}

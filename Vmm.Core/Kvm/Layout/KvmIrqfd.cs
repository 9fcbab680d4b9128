using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>An eventfd that raises an interrupt, <c>struct kvm_irqfd</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmIrqfd
{
    /// <summary>The eventfd.</summary>
    public uint Fd;

    /// <summary>Interrupt number.</summary>
    public uint Gsi;

    /// <summary>KVM_IRQFD_FLAG_*.</summary>
    public uint Flags;

    /// <summary>The eventfd signalled at end of interrupt, for level lines.</summary>
    public uint ResampleFd;

    private readonly Padding16 _padding;

    [InlineArray(16)]
    private struct Padding16
    {
        private byte _element;
    }
}

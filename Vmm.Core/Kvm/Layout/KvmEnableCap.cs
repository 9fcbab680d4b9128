using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary><c>struct kvm_enable_cap</c> (linux/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmEnableCap
{
    /// <summary>KVM_CAP_*.</summary>
    public uint Cap;

    /// <summary>0.</summary>
    public uint Flags;

    /// <summary>Arguments of the capability.</summary>
    public Arguments Args;

    private readonly Padding64 _padding;

    /// <summary>4 elements.</summary>
    [InlineArray(4)]
    public struct Arguments
    {
        private ulong _element;
    }

    [InlineArray(64)]
    private struct Padding64
    {
        private byte _element;
    }
}

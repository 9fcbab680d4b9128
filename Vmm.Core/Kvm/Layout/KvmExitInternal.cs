using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_INTERNAL_ERROR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitInternal
{
    /// <summary>KVM_INTERNAL_ERROR_*.</summary>
    public uint SubError;

    /// <summary>Number of valid words.</summary>
    public uint Count;

    /// <summary>Details.</summary>
    public Words Data;

    /// <summary>16 elements.</summary>
    [InlineArray(16)]
    public struct Words
    {
        private ulong _element;
    }
}

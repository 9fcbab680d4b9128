using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_HYPERCALL.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitHypercall
{
    /// <summary>KVM_HC_*.</summary>
    public ulong Number;

    /// <summary>Arguments.</summary>
    public Arguments Args;

    /// <summary>Result, filled by the VMM.</summary>
    public ulong Result;

    /// <summary>Bit 0: made from long mode.</summary>
    public ulong Flags;

    /// <summary>6 elements.</summary>
    [InlineArray(6)]
    public struct Arguments
    {
        private ulong _element;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>One CPUID leaf and sub-leaf, <c>struct kvm_cpuid_entry2</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmCpuidEntry2
{
    /// <summary>Leaf (EAX on input).</summary>
    public uint Function;

    /// <summary>Sub-leaf (ECX on input), if significant.</summary>
    public uint Index;

    /// <summary>Bit 0: the sub-leaf is significant.</summary>
    public uint Flags;

    /// <summary>EAX.</summary>
    public uint Eax;

    /// <summary>EBX.</summary>
    public uint Ebx;

    /// <summary>ECX.</summary>
    public uint Ecx;

    /// <summary>EDX.</summary>
    public uint Edx;

    private readonly Padding3 _padding;

    [InlineArray(3)]
    private struct Padding3
    {
        private uint _element;
    }
}

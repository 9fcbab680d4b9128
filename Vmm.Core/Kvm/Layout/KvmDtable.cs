using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>GDTR or IDTR, <c>struct kvm_dtable</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmDtable
{
    /// <summary>Linear base address.</summary>
    public ulong Base;

    /// <summary>Size in bytes, less one.</summary>
    public ushort Limit;

    private readonly Padding3 _padding;

    [InlineArray(3)]
    private struct Padding3
    {
        private ushort _element;
    }
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>A segment register with its hidden part, <c>struct kvm_segment</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmSegment
{
    /// <summary>Base address.</summary>
    public ulong Base;

    /// <summary>Limit in bytes.</summary>
    public uint Limit;

    /// <summary>Selector.</summary>
    public ushort Selector;

    /// <summary>Descriptor type, 4 bits.</summary>
    public byte Type;

    /// <summary>Present.</summary>
    public byte Present;

    /// <summary>Descriptor privilege level; that of SS is the CPL.</summary>
    public byte Dpl;

    /// <summary>Default operand size.</summary>
    public byte Db;

    /// <summary>1 for code and data, 0 for system segments.</summary>
    public byte S;

    /// <summary>64-bit code.</summary>
    public byte L;

    /// <summary>Granularity.</summary>
    public byte G;

    /// <summary>Available to software.</summary>
    public byte Avl;

    /// <summary>Not usable (null selector).</summary>
    public byte Unusable;

    private readonly byte _padding;
}

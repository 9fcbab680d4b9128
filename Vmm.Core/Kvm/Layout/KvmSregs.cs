using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Segments, tables and control registers, <c>struct kvm_sregs</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmSregs
{
    /// <summary>Code segment.</summary>
    public KvmSegment Cs;

    /// <summary>Data segment.</summary>
    public KvmSegment Ds;

    /// <summary>Extra segment.</summary>
    public KvmSegment Es;

    /// <summary>FS.</summary>
    public KvmSegment Fs;

    /// <summary>GS.</summary>
    public KvmSegment Gs;

    /// <summary>Stack segment.</summary>
    public KvmSegment Ss;

    /// <summary>Task register.</summary>
    public KvmSegment Tr;

    /// <summary>Local descriptor table.</summary>
    public KvmSegment Ldt;

    /// <summary>GDTR.</summary>
    public KvmDtable Gdt;

    /// <summary>IDTR.</summary>
    public KvmDtable Idt;

    /// <summary>CR0.</summary>
    public ulong Cr0;

    /// <summary>CR2.</summary>
    public ulong Cr2;

    /// <summary>CR3.</summary>
    public ulong Cr3;

    /// <summary>CR4.</summary>
    public ulong Cr4;

    /// <summary>CR8 (task priority).</summary>
    public ulong Cr8;

    /// <summary>IA32_EFER.</summary>
    public ulong Efer;

    /// <summary>IA32_APIC_BASE.</summary>
    public ulong ApicBase;

    /// <summary>Pending external interrupt, one bit a vector (unused with an in-kernel APIC).</summary>
    public InterruptBitmap Interrupts;

    /// <summary>4 elements.</summary>
    [InlineArray(4)]
    public struct InterruptBitmap
    {
        private ulong _element;
    }
}

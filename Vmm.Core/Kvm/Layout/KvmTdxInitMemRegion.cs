using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Pages to add to a TD before it runs, <c>struct kvm_tdx_init_mem_region</c> (asm/kvm.h). The kernel moves it on as far as it came.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmTdxInitMemRegion
{
    /// <summary>Host address of the contents, page-aligned.</summary>
    public ulong SourceAddr;

    /// <summary>Guest-physical address, page-aligned, without the shared bit.</summary>
    public ulong Gpa;

    /// <summary>Number of pages of 4 KiB.</summary>
    public ulong NrPages;
}

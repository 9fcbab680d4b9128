using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_TDX for GetQuote.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitTdxGetQuote
{
    /// <summary>Status for the guest's R10; KVM starts it as SUBFUNC_UNSUPPORTED.</summary>
    public ulong Result;

    /// <summary>Address of the buffer, without the shared bit that the guest set.</summary>
    public ulong Gpa;

    /// <summary>Its size in bytes, as the guest gave it.</summary>
    public ulong Size;
}

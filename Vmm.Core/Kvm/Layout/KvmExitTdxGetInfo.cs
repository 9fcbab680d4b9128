using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_TDX for GetTdVmCallInfo.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitTdxGetInfo
{
    /// <summary>Status for the guest's R10; KVM starts it as success.</summary>
    public ulong Result;

    /// <summary>What the guest asks for.</summary>
    public ulong Leaf;

    /// <summary>Answer for R11; KVM starts it and the next ones as 0.</summary>
    public ulong R11;

    /// <summary>Answer for R12.</summary>
    public ulong R12;

    /// <summary>Answer for R13.</summary>
    public ulong R13;

    /// <summary>Answer for R14.</summary>
    public ulong R14;
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>Argument of KVM_MEMORY_ENCRYPT_OP on a TD, <c>struct kvm_tdx_cmd</c> (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmTdxCmd
{
    /// <summary>What to do.</summary>
    public KvmTdxCommand Id;

    /// <summary>Flags of the command.</summary>
    public uint Flags;

    /// <summary>Address of the command's structure, or its only argument.</summary>
    public ulong Data;

    /// <summary>0 in; out, the TDX module's completion status where it refused. A vCPU's commands do not give it back.</summary>
    public ulong HwError;
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_FAIL_ENTRY.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitFailEntry
{
    /// <summary>The processor's reason.</summary>
    public ulong HardwareReason;

    /// <summary>Host CPU.</summary>
    public uint Cpu;
}

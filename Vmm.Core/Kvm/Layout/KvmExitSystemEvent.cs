using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_SYSTEM_EVENT.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitSystemEvent
{
    /// <summary>What happened.</summary>
    public KvmSystemEvent Type;

    /// <summary>Number of valid words.</summary>
    public uint Count;

    /// <summary>Details.</summary>
    public KvmExitInternal.Words Data;
}

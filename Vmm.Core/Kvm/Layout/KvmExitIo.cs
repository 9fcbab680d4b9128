using System.Runtime.InteropServices;

namespace Vmm.Core.Kvm.Layout;

/// <summary>KVM_EXIT_IO.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmExitIo
{
    /// <summary>0 in, 1 out.</summary>
    public byte Direction;

    /// <summary>Bytes an item: 1, 2 or 4.</summary>
    public byte Size;

    /// <summary>Port.</summary>
    public ushort Port;

    /// <summary>Number of items.</summary>
    public uint Count;

    /// <summary>Where the data lie in the shared page.</summary>
    public ulong DataOffset;
}

using System.Runtime.InteropServices;

namespace Vmm.Devices.Pci;

/// <summary>One entry of an MSI-X table (PCI Local Bus 3.0, 6.8.2.6).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MsixEntry
{
    public ulong Address;
    public uint Data;
    public MsixVectorControl Control;
}

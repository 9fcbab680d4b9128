namespace Vmm.Devices.Pci;

/// <summary>Vector control of an MSI-X table entry (PCI Local Bus 3.0, 6.8.2.9).</summary>
[Flags]
internal enum MsixVectorControl : uint
{
    None = 0,
    Masked = 1 << 0,
}

namespace Vmm.Devices.Pci;

/// <summary>Status register (PCI Local Bus 3.0, 6.2.3). Its error bits, which the guest may clear, are never set.</summary>
[Flags]
internal enum PciStatus : ushort
{
    None = 0,
    CapabilitiesList = 1 << 4,
}

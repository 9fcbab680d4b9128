namespace Vmm.Devices.Pci;

/// <summary>Command register (PCI Local Bus 3.0, 6.2.2).</summary>
[Flags]
internal enum PciCommand : ushort
{
    None = 0,
    IoSpace = 1 << 0,
    MemorySpace = 1 << 1,
    BusMaster = 1 << 2,
    ParityErrorResponse = 1 << 6,
    SystemErrorEnable = 1 << 8,
    InterruptDisable = 1 << 10,
}

namespace Vmm.Devices.Pci;

/// <summary>Message control of the MSI-X capability (PCI Local Bus 3.0, 6.8.2.3).</summary>
[Flags]
internal enum MsixControl : ushort
{
    None = 0,
    TableSize = 0x7FF,
    FunctionMask = 1 << 14,
    Enable = 1 << 15,
}

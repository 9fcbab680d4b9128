namespace Vmm.Core.Pci;

/// <summary>Kinds of capabilities (PCI Code and ID Assignment, 2).</summary>
public enum PciCapabilityId : byte
{
    /// <summary>Vendor-specific; virtio's are.</summary>
    VendorSpecific = 0x09,

    /// <summary>MSI-X.</summary>
    MsiX = 0x11,
}

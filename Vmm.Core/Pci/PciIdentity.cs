namespace Vmm.Core.Pci;

/// <summary>What a function is: the part of its configuration space by which drivers find it (PCI Local Bus 3.0, 6.2.1).</summary>
/// <param name="VendorId">Who makes it.</param>
/// <param name="DeviceId">Which of the vendor's devices it is.</param>
/// <param name="Class">What kind of device it is.</param>
/// <param name="Revision">Revision of the device.</param>
public sealed record PciIdentity(ushort VendorId, ushort DeviceId, PciClass Class, byte Revision = 0)
{
    /// <summary>Vendor of the subsystem; 0 when there is none.</summary>
    public ushort SubsystemVendorId { get; init; }

    /// <summary>The vendor's number of the subsystem.</summary>
    public ushort SubsystemId { get; init; }
}

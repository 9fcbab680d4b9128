namespace Vmm.Core.Pci;

/// <summary>Class code of a function (PCI Code and ID Assignment).</summary>
/// <param name="Base">Base class, e.g. 0x01 mass storage.</param>
/// <param name="Sub">Sub-class.</param>
/// <param name="Interface">Programming interface.</param>
public readonly record struct PciClass(byte Base, byte Sub, byte Interface = 0)
{
    /// <summary>A host bridge.</summary>
    public static PciClass HostBridge => new(0x06, 0x00);

    /// <summary>Mass storage of no particular kind.</summary>
    public static PciClass MassStorage => new(0x01, 0x80);

    /// <summary>An Ethernet controller.</summary>
    public static PciClass Ethernet => new(0x02, 0x00);

    /// <summary>A communication controller of no particular kind.</summary>
    public static PciClass Communication => new(0x07, 0x80);

    /// <summary>Nothing that the other classes name.</summary>
    public static PciClass Unassigned => new(0xFF, 0x00);
}

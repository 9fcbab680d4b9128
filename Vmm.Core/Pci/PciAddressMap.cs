using Vmm.Core.Boot.Layout;
using Vmm.Core.Buses;

namespace Vmm.Core.Pci;

/// <summary>Where PCI lies in the hole between low RAM and 4 GiB, and among the ports. The I/O APIC and the local APICs have the hole's end.</summary>
public static class PciAddressMap
{
    /// <summary>Buses there are: bus 0 has room for 31 devices beside the host bridge.</summary>
    public const int BusCount = 1;

    /// <summary>Configuration space of one bus in ECAM (PCI Express Base 5.0, 7.2.2): 256 functions of 4 KiB.</summary>
    public const uint EcamBusSize = 1 << 20;

    private const uint MemorySize = 512U << 20;

    /// <summary>Where memory BARs lie; 64-bit ones too.</summary>
    public static MmioRange Memory { get; } = new(MemoryLayout.HoleStart, MemorySize, "PCI memory window");

    /// <summary>Enhanced configuration access.</summary>
    public static MmioRange Ecam { get; } = new(Memory.Last + 1, BusCount * EcamBusSize, "PCI ECAM");

    /// <summary>Where I/O BARs lie: above the ports of the chipset.</summary>
    public static PortRange Io { get; } = new(0xC000, 0x4000, "PCI I/O window");

    /// <summary>Configuration by ports (PCI Local Bus 3.0, 3.2.2.3.2): address, then data.</summary>
    public static PortRange ConfigPorts { get; } = new(0xCF8, 8, "PCI configuration");
}

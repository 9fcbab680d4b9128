using Vmm.Core.Buses;
using Vmm.Core.Pci;

namespace Vmm.Devices.Pci;

/// <summary>Where BARs lie after a reset; a guest may move them.</summary>
internal static class BarPlacement
{
    // A BAR has its pages for itself: a guest maps it without the neighbours.
    private const ulong MemoryAlignment = 4096;

    /// <summary>Finds a place for every BAR, the largest first, so that natural alignment leaves no gaps.</summary>
    /// <returns>Addresses by BAR.</returns>
    /// <exception cref="PciBusException">They do not fit.</exception>
    public static Dictionary<PciBar, ulong> Place(IReadOnlyList<PciBar> bars)
    {
        Dictionary<PciBar, ulong> places = new(ReferenceEqualityComparer.Instance);
        MmioRange memory = PciAddressMap.Memory;
        PortRange io = PciAddressMap.Io;
        Place(places, bars.Where(bar => bar.Kind != PciBarKind.Io), memory.First, memory.Size, MemoryAlignment, memory.Name);
        Place(places, bars.Where(bar => bar.Kind == PciBarKind.Io), io.First, (ulong)io.Count, 1, io.Name);
        return places;
    }

    private static void Place(Dictionary<PciBar, ulong> places, IEnumerable<PciBar> bars, ulong first, ulong size, ulong alignment, string window)
    {
        ulong free = first;
        foreach (PciBar bar in bars.OrderByDescending(bar => bar.Size))
        {
            places[bar] = free;
            free += Math.Max(bar.Size, alignment);
        }

        if (free - first > size)
        {
            throw new PciBusException($"the PCI devices ask for {free - first} bytes of addresses and the {window} has {size}; configure fewer of them");
        }
    }
}

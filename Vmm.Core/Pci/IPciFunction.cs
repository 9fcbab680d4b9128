using Vmm.Core.Buses;

namespace Vmm.Core.Pci;

/// <summary>
/// A <see cref="Device"/> that is a PCI function. The machine gives it a place on bus 0 and does all of its configuration space: a function says what it
/// has, and answers accesses to its registers.
/// </summary>
/// <remarks>
/// The rules of <see cref="IPortDevice"/> hold for accesses to BARs: one at a time with <see cref="Device.Gate"/> held, answered at once, and an exception is answered
/// all-ones, counted and logged.
/// </remarks>
public interface IPciFunction
{
    /// <summary>What the function is.</summary>
    PciIdentity Identity { get; }

    /// <summary>Its registers; fixed once it is constructed.</summary>
    IReadOnlyList<PciBar> Bars { get; }

    /// <summary>Its interrupts, or null. The machine adds the BAR that MSI-X needs, with the lowest number that is free.</summary>
    MsixVectors? Vectors => null;

    /// <summary>Capabilities beside MSI-X, in order.</summary>
    IReadOnlyList<PciCapability> Capabilities => [];

    /// <summary>Registers that a guest writes only to be heard; fixed once it is constructed.</summary>
    IReadOnlyList<Doorbell> Doorbells => [];

    /// <summary>The guest reads registers.</summary>
    /// <param name="bar">Number of the BAR.</param>
    /// <param name="offset">Offset of the first byte in it.</param>
    /// <param name="data">1, 2, 4 or (memory only) 8 bytes to fill, little-endian; zeroed on entry.</param>
    void ReadBar(int bar, ulong offset, Span<byte> data);

    /// <summary>The guest writes registers.</summary>
    /// <param name="bar">Number of the BAR.</param>
    /// <param name="offset">Offset of the first byte in it.</param>
    /// <param name="data">1, 2, 4 or (memory only) 8 bytes, little-endian.</param>
    void WriteBar(int bar, ulong offset, ReadOnlySpan<byte> data);
}

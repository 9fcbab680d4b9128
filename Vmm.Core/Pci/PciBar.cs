using System.Numerics;

namespace Vmm.Core.Pci;

/// <summary>A run of registers of a function, which its driver finds by a base address register (PCI Local Bus 3.0, 6.2.5.1).</summary>
public sealed record PciBar
{
    /// <summary>Base address registers of a function.</summary>
    public const int Count = 6;

    private const ulong MinimumMemory = 16;
    private const ulong MinimumIo = 4;
    private const ulong MaximumIo = 256;

    /// <summary>Declares one.</summary>
    /// <param name="index">Number of the register, 0 to 5; a 64-bit one takes the next as well.</param>
    /// <param name="size">Size in bytes, a power of two.</param>
    /// <param name="name">What it is, for messages and traces.</param>
    /// <param name="kind">Its address space.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index or the size is none that PCI has.</exception>
    public PciBar(int index, ulong size, string name, PciBarKind kind = PciBarKind.Memory32)
    {
        ulong minimum = kind == PciBarKind.Io ? MinimumIo : MinimumMemory;
        ulong maximum = kind == PciBarKind.Io ? MaximumIo : PciAddressMap.Memory.Size;
        if (!BitOperations.IsPow2(size) || size < minimum || size > maximum)
        {
            throw new ArgumentOutOfRangeException(nameof(size), $"BAR {index} ({name}) has {size} bytes; it needs a power of two from {minimum} to {maximum}");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Count - (kind == PciBarKind.Memory64 ? 2 : 1));
        (Index, Size, Name, Kind) = (index, size, name, kind);
    }

    /// <summary>Number of the register.</summary>
    public int Index { get; }

    /// <summary>Size in bytes.</summary>
    public ulong Size { get; }

    /// <summary>What it is.</summary>
    public string Name { get; }

    /// <summary>Its address space.</summary>
    public PciBarKind Kind { get; }

    /// <summary>Whether reads have no effect, and writes may be merged.</summary>
    public bool Prefetchable { get; init; }

    /// <summary>The last register it takes.</summary>
    public int LastIndex => Kind == PciBarKind.Memory64 ? Index + 1 : Index;
}

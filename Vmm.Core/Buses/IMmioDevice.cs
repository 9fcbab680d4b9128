namespace Vmm.Core.Buses;

/// <summary>A device that answers memory-mapped I/O. The rules of <see cref="IPortDevice"/> hold; accesses are 1, 2, 4 or 8 bytes.</summary>
public interface IMmioDevice
{
    /// <summary>The ranges this device answers, as guest-physical addresses without the shared bit.</summary>
    IReadOnlyList<MmioRange> MmioRanges { get; }

    /// <summary>The guest reads.</summary>
    /// <param name="range">Index into <see cref="MmioRanges"/>.</param>
    /// <param name="offset">Offset of the first byte in that range.</param>
    /// <param name="data">1, 2, 4 or 8 bytes to fill, little-endian; zeroed on entry.</param>
    void ReadMmio(int range, ulong offset, Span<byte> data);

    /// <summary>The guest writes.</summary>
    /// <param name="range">Index into <see cref="MmioRanges"/>.</param>
    /// <param name="offset">Offset of the first byte in that range.</param>
    /// <param name="data">1, 2, 4 or 8 bytes, little-endian.</param>
    void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data);
}

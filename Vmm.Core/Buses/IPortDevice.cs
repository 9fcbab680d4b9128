namespace Vmm.Core.Buses;

/// <summary>A device that answers port I/O.</summary>
/// <remarks>
/// Accesses arrive on any vCPU thread, one at a time (<see cref="Device.Gate"/> is held). They are 1, 2 or 4 bytes long, lie wholly
/// inside one of the device's ranges, and are answered at once: a slow answer is a slow guest. An exception is answered all-ones,
/// counted and logged by the bus.
/// </remarks>
public interface IPortDevice
{
    /// <summary>The ranges this device answers; fixed once the device is constructed.</summary>
    IReadOnlyList<PortRange> Ports { get; }

    /// <summary>The guest reads.</summary>
    /// <param name="range">Index into <see cref="Ports"/>.</param>
    /// <param name="offset">Offset of the first byte in that range.</param>
    /// <param name="data">1, 2 or 4 bytes to fill, little-endian; zeroed on entry.</param>
    void ReadPort(int range, int offset, Span<byte> data);

    /// <summary>The guest writes.</summary>
    /// <param name="range">Index into <see cref="Ports"/>.</param>
    /// <param name="offset">Offset of the first byte in that range.</param>
    /// <param name="data">1, 2 or 4 bytes, little-endian.</param>
    void WritePort(int range, int offset, ReadOnlySpan<byte> data);
}

namespace Vmm.Core.Buses;

/// <summary>
/// A device whose registers are one byte wide. A wider access is a run of byte accesses at rising ports, which is what an ISA bus
/// makes of it for an 8-bit card.
/// </summary>
/// <param name="name">Instance name.</param>
/// <param name="ports">The ranges the device answers.</param>
public abstract class BytePortDevice(string name, params PortRange[] ports) : Device(name), IPortDevice
{
    /// <inheritdoc/>
    public IReadOnlyList<PortRange> Ports { get; } = ports;

    /// <inheritdoc/>
    public void ReadPort(int range, int offset, Span<byte> data)
    {
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = ReadRegister(range, offset + i);
        }
    }

    /// <inheritdoc/>
    public void WritePort(int range, int offset, ReadOnlySpan<byte> data)
    {
        for (int i = 0; i < data.Length; i++)
        {
            WriteRegister(range, offset + i, data[i]);
        }
    }

    /// <summary>The guest reads one register.</summary>
    /// <param name="range">Index into <see cref="Ports"/>.</param>
    /// <param name="offset">Offset of the register in that range.</param>
    protected abstract byte ReadRegister(int range, int offset);

    /// <summary>The guest writes one register.</summary>
    /// <param name="range">Index into <see cref="Ports"/>.</param>
    /// <param name="offset">Offset of the register in that range.</param>
    /// <param name="value">The byte.</param>
    protected abstract void WriteRegister(int range, int offset, byte value);
}

namespace Vmm.Core.Buses;

/// <summary>One range of one device on a bus.</summary>
/// <param name="Attached">The device, whose gate is held during accesses.</param>
/// <param name="First">First address.</param>
/// <param name="Size">Number of addresses.</param>
public abstract record BusMapping(AttachedDevice Attached, ulong First, ulong Size)
{
    internal Lock Gate { get; } = Attached.Device.Gate;

    internal bool Contains(ulong address, int length) => address >= First && (ulong)length <= Size && address - First <= Size - (ulong)length;

    internal abstract void Read(ulong offset, Span<byte> data);

    internal abstract void Write(ulong offset, ReadOnlySpan<byte> data);
}

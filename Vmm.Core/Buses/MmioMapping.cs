namespace Vmm.Core.Buses;

/// <summary>One range of one device on the MMIO bus.</summary>
/// <param name="Attached">The device, whose gate is held during accesses.</param>
/// <param name="Handler">Who answers; the device itself, or a part of it.</param>
/// <param name="Index">What the handler calls the range.</param>
/// <param name="Range">The addresses.</param>
public sealed record MmioMapping(AttachedDevice Attached, IMmioDevice Handler, int Index, MmioRange Range) : BusMapping(Attached, Range.First, Range.Size)
{
    internal override void Read(ulong offset, Span<byte> data) => Handler.ReadMmio(Index, offset, data);

    internal override void Write(ulong offset, ReadOnlySpan<byte> data) => Handler.WriteMmio(Index, offset, data);
}

namespace Vmm.Core.Buses;

/// <summary>One range of one device on the port bus.</summary>
internal sealed record PortMapping(AttachedDevice Attached, IPortDevice Handler, int Index, PortRange Range) : BusMapping(Attached, Range.First, (ulong)Range.Count)
{
    internal override void Read(ulong offset, Span<byte> data) => Handler.ReadPort(Index, (int)offset, data);

    internal override void Write(ulong offset, ReadOnlySpan<byte> data) => Handler.WritePort(Index, (int)offset, data);
}

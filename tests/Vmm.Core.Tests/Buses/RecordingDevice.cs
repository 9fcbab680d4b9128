using Vmm.Core.Buses;

namespace Vmm.Core.Tests.Buses;

/// <summary>Answers every read with the offset of each byte and keeps what is written.</summary>
internal sealed class RecordingDevice(string name, PortRange[] ports, MmioRange[] mmio) : Device(name), IPortDevice, IMmioDevice
{
    public RecordingDevice(string name, params PortRange[] ports)
        : this(name, ports, [])
    {
    }

    public IReadOnlyList<PortRange> Ports { get; } = ports;

    public IReadOnlyList<MmioRange> MmioRanges { get; } = mmio;

    public List<(int Range, ulong Offset, byte[] Data)> Writes { get; } = [];

    public Exception? Throws { get; set; }

    public bool GateWasHeld { get; private set; } = true;

    public bool DataWasZeroed { get; private set; } = true;

    public int Resets { get; private set; }

    public void ReadPort(int range, int offset, Span<byte> data) => ReadMmio(range, (ulong)offset, data);

    public void WritePort(int range, int offset, ReadOnlySpan<byte> data) => WriteMmio(range, (ulong)offset, data);

    public void ReadMmio(int range, ulong offset, Span<byte> data)
    {
        Answer();
        DataWasZeroed &= !data.ContainsAnyExcept((byte)0);
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(offset + (ulong)i);
        }
    }

    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data)
    {
        Answer();
        Writes.Add((range, offset, data.ToArray()));
    }

    public override void Reset()
    {
        Answer();
        Resets++;
    }

    private void Answer()
    {
        GateWasHeld &= Gate.IsHeldByCurrentThread;
        if (Throws is not null)
        {
            throw Throws;
        }
    }
}

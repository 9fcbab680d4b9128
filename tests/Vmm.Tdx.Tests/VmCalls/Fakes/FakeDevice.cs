using Vmm.Core.Buses;

namespace Vmm.Tdx.Tests.VmCalls.Fakes;

/// <summary>Reads as ascending bytes from its offset; remembers the last write.</summary>
internal sealed class FakeDevice() : Device("fake"), IPortDevice, IMmioDevice
{
    private readonly byte[] _written = new byte[sizeof(ulong)];
    private int _length;

    public IReadOnlyList<PortRange> Ports { get; } = [new(TestTd.DevicePort, 8, "registers")];

    public IReadOnlyList<MmioRange> MmioRanges { get; } = [new(TestTd.DeviceGpa, 0x1000, "registers")];

    public ulong WrittenOffset { get; private set; }

    public byte[] Written => _written[.._length];

    public void ReadPort(int range, int offset, Span<byte> data) => Fill((ulong)offset, data);

    public void WritePort(int range, int offset, ReadOnlySpan<byte> data) => Keep((ulong)offset, data);

    public void ReadMmio(int range, ulong offset, Span<byte> data) => Fill(offset, data);

    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data) => Keep(offset, data);

    private static void Fill(ulong offset, Span<byte> data)
    {
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(0x10 + (int)offset + i);
        }
    }

    private void Keep(ulong offset, ReadOnlySpan<byte> data)
    {
        WrittenOffset = offset;
        _length = data.Length;
        data.CopyTo(_written);
    }
}

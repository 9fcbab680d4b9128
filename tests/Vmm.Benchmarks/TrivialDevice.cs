using Vmm.Core.Buses;

namespace Vmm.Benchmarks;

/// <summary>The least that a device can be: a register. What is measured with it is the way there and back.</summary>
internal sealed class TrivialDevice() : Device("trivial"), IPortDevice, IMmioDevice
{
    public const ushort Port = 0x80;
    public const ulong Gpa = 0xFED0_0000;

    private byte _value;

    public IReadOnlyList<PortRange> Ports { get; } = [new PortRange(Port, 4, "register")];

    public IReadOnlyList<MmioRange> MmioRanges { get; } = [new MmioRange(Gpa, 0x1000, "register")];

    public void ReadPort(int range, int offset, Span<byte> data) => data[0] = _value;

    public void WritePort(int range, int offset, ReadOnlySpan<byte> data) => _value = data[0];

    public void ReadMmio(int range, ulong offset, Span<byte> data) => data[0] = _value;

    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data) => _value = data[0];
}

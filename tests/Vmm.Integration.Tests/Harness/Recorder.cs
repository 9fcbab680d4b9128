using System.Buffers.Binary;
using Vmm.Core.Buses;

namespace Vmm.Integration.Tests.Harness;

/// <summary>A device that remembers every access and answers reads with a value that tells the address.</summary>
[Device(Type)]
public sealed class Recorder(string name) : Device(name), IPortDevice, IMmioDevice
{
    public const string Type = "recorder";
    public const ushort Port = 0x500;
    public const int PortCount = 16;
    public const ulong Mmio = 0xFE00_0000;
    public const ulong MmioSize = 0x2000;

    private const int Kept = 1000;

    private readonly List<RecordedAccess> _accesses = [];

    public IReadOnlyList<PortRange> Ports { get; } = [new PortRange(Port, PortCount, "recorder ports"), new PortRange(ImmediatePort, 4, "recorder ports")];

    /// <summary>A port that an immediate byte can name.</summary>
    public const byte ImmediatePort = 0x90;

    public IReadOnlyList<MmioRange> MmioRanges { get; } = [new MmioRange(Mmio, MmioSize, "recorder registers")];

    /// <summary>The first accesses in their order.</summary>
    public IReadOnlyList<RecordedAccess> Accesses => _accesses;

    /// <summary>What a read of some size at some address gives.</summary>
    public static ulong Answer(ulong address, int size)
    {
        ulong pattern = 0x8899_AABB_CCDD_EEFFUL ^ (address & 0xFF);
        return size == sizeof(ulong) ? pattern : pattern & ((1UL << (8 * size)) - 1);
    }

    public void ReadPort(int range, int offset, Span<byte> data) => Read((ulong)(Ports[range].First + offset), data);

    public void WritePort(int range, int offset, ReadOnlySpan<byte> data) => Write((ulong)(Ports[range].First + offset), data);

    public void ReadMmio(int range, ulong offset, Span<byte> data) => Read(Mmio + offset, data);

    public void WriteMmio(int range, ulong offset, ReadOnlySpan<byte> data) => Write(Mmio + offset, data);

    private void Read(ulong address, Span<byte> data)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, Answer(address, data.Length));
        value[..data.Length].CopyTo(data);
        Keep(new RecordedAccess(address, data.Length, IsWrite: false, Answer(address, data.Length)));
    }

    private void Write(ulong address, ReadOnlySpan<byte> data)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        value.Clear();
        data.CopyTo(value);
        Keep(new RecordedAccess(address, data.Length, IsWrite: true, BinaryPrimitives.ReadUInt64LittleEndian(value)));
    }

    private void Keep(RecordedAccess access)
    {
        if (_accesses.Count < Kept)
        {
            _accesses.Add(access);
        }
    }
}

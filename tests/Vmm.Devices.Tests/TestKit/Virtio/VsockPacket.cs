using System.Buffers.Binary;

namespace Vmm.Devices.Tests.TestKit.Virtio;

/// <summary>A packet of virtio 1.2, 5.10.6; its defaults are those of a guest with plenty of room.</summary>
internal sealed record VsockPacket(ushort Operation, uint SourcePort, uint DestinationPort)
{
    public const ushort Request = 1, Response = 2, Reset = 3, Shutdown = 4, ReadWrite = 5, CreditUpdate = 6, CreditRequest = 7;
    public const uint NoReceive = 1, NoSend = 2, Both = 3;
    public const int HeaderSize = 44;
    public const ulong GuestCid = 42, HostCid = 2;

    public ulong SourceCid { get; init; } = GuestCid;

    public ulong DestinationCid { get; init; } = HostCid;

    public ushort Type { get; init; } = 1;

    public uint Flags { get; init; }

    public uint BufferSpace { get; init; } = 1 << 20;

    public uint ForwardCount { get; init; }

    public byte[] Data { get; init; } = [];

    /// <summary>What the header says; usually the length of the data.</summary>
    public uint? Length { get; init; }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[HeaderSize + Data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, SourceCid);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), DestinationCid);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), SourcePort);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), DestinationPort);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), Length ?? (uint)Data.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(28), Type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(30), Operation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), BufferSpace);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(40), ForwardCount);
        Data.CopyTo(bytes, HeaderSize);
        return bytes;
    }

    public static VsockPacket Of(ReadOnlySpan<byte> bytes)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]);
        Assert.Equal(bytes.Length, (int)(HeaderSize + length));
        return new VsockPacket(
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[30..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]))
        {
            SourceCid = BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            DestinationCid = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            Type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]),
            Flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
            BufferSpace = BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]),
            ForwardCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
            Data = bytes[HeaderSize..].ToArray(),
        };
    }
}

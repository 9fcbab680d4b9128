using System.Security.Cryptography;
using System.Text;

namespace Vmm.Tdx.Tests.Attestation.Measurement;

/// <summary>A second reader of event logs, by the offsets of the TCG's specification; replays what it reads.</summary>
internal sealed class ReferenceEventLog
{
    public ReferenceEventLog(byte[] area)
    {
        using BinaryReader reader = new(new MemoryStream(area));
        Assert.Equal((0U, 3U), (reader.ReadUInt32(), reader.ReadUInt32()));
        Assert.Equal(new byte[20], reader.ReadBytes(20));
        byte[] spec = reader.ReadBytes(reader.ReadInt32());
        Assert.Equal("Spec ID Event03\0", Encoding.ASCII.GetString(spec, 0, 16));
        Assert.Equal([0, 0, 0, 0, 0, 2, 105, 2, 1, 0, 0, 0, 0x0C, 0, 48, 0, 0], spec[16..]);

        for (uint index = reader.ReadUInt32(); index != uint.MaxValue; index = reader.ReadUInt32())
        {
            uint type = reader.ReadUInt32();
            Assert.Equal(1, reader.ReadInt32());
            Assert.Equal(0x0C, reader.ReadUInt16());
            byte[] digest = reader.ReadBytes(48);
            byte[] data = reader.ReadBytes(reader.ReadInt32());
            Events.Add((index, type, digest, data));
            Registers[index - 1] = SHA384.HashData([.. Registers[index - 1], .. digest]);
        }
    }

    public List<(uint Index, uint Type, byte[] Digest, byte[] Data)> Events { get; } = [];

    public byte[][] Registers { get; } = [new byte[48], new byte[48], new byte[48], new byte[48]];
}

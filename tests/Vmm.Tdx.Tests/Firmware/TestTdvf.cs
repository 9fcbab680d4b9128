using System.Buffers.Binary;

namespace Vmm.Tdx.Tests.Firmware;

/// <summary>Builds firmware images.</summary>
internal static class TestTdvf
{
    internal const int Size = 0x1_0000;
    internal const int Descriptor = Size - 0x400;
    internal const int SectionCount = 7;
    internal const ulong Base = 0x1_0000_0000UL - Size;

    /// <summary>What EDK2 and td-shim build, in small: BFV, CFV, TD HOB, stack, a payload with more memory than data, and memory for the guest to accept.</summary>
    internal static byte[] Image(bool guidTable)
    {
        byte[] image = [.. Enumerable.Range(0, Size).Select(i => (byte)((i * 7 % 251) + 1))];
        MemoryStream list = new();
        BinaryWriter writer = new(list);
        writer.Write("TDVF"u8);
        writer.Write(16 + (7 * 32));
        writer.Write(1);
        writer.Write(7);
        Section(writer, 0x4000, Size - 0x4000, Base + 0x4000, Size - 0x4000, 0, 1);
        Section(writer, 0, 0x4000, Base, 0x4000, 1, 0);
        Section(writer, 0, 0, 0x80_9000, 0x1000, 2, 0);
        Section(writer, 0, 0, 0x80_0000, 0x2000, 3, 0);
        Section(writer, 0, 0, 0x200_0000, 0x10_0000, 4, 2);
        Section(writer, 0x4000, 0x1000, 0x100_0000, 0x2000, 5, 1);
        Section(writer, 0, 0, 0, 0, 7, 0);
        list.ToArray().CopyTo(image, Descriptor);
        if (!guidTable)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(Size - 0x20), Descriptor);
            return image;
        }

        byte[] table =
        [
            1, 2, 3, 4, 5, .. Entry(5, new Guid("11111111-1984-4786-8635-4685a7bf8ec2")),
            .. BitConverter.GetBytes(Size - Descriptor), .. Entry(4, new Guid("e47a6535-984a-4798-865e-4685a7bf8ec2")),
            9, 9, .. Entry(2, new Guid("7255371f-3a3b-4b04-927b-1da6efa8d454")),
        ];
        byte[] whole = [.. table, .. BitConverter.GetBytes((ushort)(table.Length + 18)), .. new Guid("96b582de-1fb2-45f7-baea-a366c55a082d").ToByteArray()];
        whole.CopyTo(image, Size - 0x20 - whole.Length);
        return image;
    }

    private static byte[] Entry(int data, Guid guid) => [.. BitConverter.GetBytes((ushort)(data + 18)), .. guid.ToByteArray()];

    private static void Section(BinaryWriter writer, uint offset, uint raw, ulong address, ulong size, uint type, uint attributes)
    {
        writer.Write(offset);
        writer.Write(raw);
        writer.Write(address);
        writer.Write(size);
        writer.Write(type);
        writer.Write(attributes);
    }
}

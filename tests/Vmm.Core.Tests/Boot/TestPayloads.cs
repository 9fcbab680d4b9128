using System.Buffers.Binary;
using System.IO.Compression;

namespace Vmm.Core.Tests.Boot;

/// <summary>
/// Kernel payloads in every format that can be unpacked. The encoders store instead of compressing: each format's frame, as specified,
/// around literal bytes.
/// </summary>
internal static class TestPayloads
{
    internal static byte[] Gzip(byte[] content)
    {
        using MemoryStream output = new();
        using (GZipStream gzip = new(output, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return output.ToArray();
    }

    /// <summary>RFC 8878: a single-segment frame with a four-byte content size (descriptor 0xA0) and raw blocks.</summary>
    internal static byte[] Zstd(byte[] content)
    {
        List<byte> frame = [0x28, 0xB5, 0x2F, 0xFD, 0xA0, .. Le32((uint)content.Length)];
        byte[][] blocks = [.. content.Chunk(128 << 10)];
        for (int i = 0; i < blocks.Length; i++)
        {
            uint header = ((uint)blocks[i].Length << 3) | (i == blocks.Length - 1 ? 1u : 0);
            frame.AddRange(Le32(header)[..3]);
            frame.AddRange(blocks[i]);
        }

        return [.. frame, .. Le32((uint)content.Length)];
    }

    /// <summary>lz4_Frame_format.md, legacy frame: 8 MiB blocks; each block here is one sequence of literals.</summary>
    internal static byte[] Lz4(byte[] content)
    {
        List<byte> frame = [0x02, 0x21, 0x4C, 0x18];
        foreach (byte[] chunk in content.Chunk(8 << 20))
        {
            List<byte> block = [0xF0];
            int rest = chunk.Length - 15;
            block.AddRange(Enumerable.Repeat((byte)0xFF, rest / 255));
            block.Add((byte)(rest % 255));
            block.AddRange(chunk);
            frame.AddRange(Le32((uint)block.Count));
            frame.AddRange(block);
        }

        return [.. frame, .. Le32((uint)content.Length)];
    }

    /// <summary>The .xz file format 1.2: one stream with CRC32, the x86 filter and uncompressed LZMA2 chunks. The content must hold no E8 or E9.</summary>
    internal static byte[] Xz(byte[] content)
    {
        byte[] flags = [0x00, 0x01];
        List<byte> stream = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, .. flags, .. Le32(Crc32(flags))];

        // Block header of 12 bytes: two filters, x86 (4) without and LZMA2 (0x21) with one byte of properties (1 MiB dictionary).
        byte[] blockHeader = [0x02, 0x01, 0x04, 0x00, 0x21, 0x01, 0x10, 0x00];
        List<byte> block = [.. blockHeader, .. Le32(Crc32(blockHeader))];
        byte control = 1;
        foreach (byte[] chunk in content.Chunk(64 << 10))
        {
            int size = chunk.Length - 1;
            block.AddRange([control, (byte)(size >> 8), (byte)size, .. chunk]);
            control = 2;
        }

        block.Add(0);
        long unpadded = block.Count + sizeof(uint);
        Pad(block);
        block.AddRange(Le32(Crc32(content)));
        stream.AddRange(block);

        List<byte> index = [0x00, 0x01, .. Multibyte(unpadded), .. Multibyte(content.Length)];
        Pad(index);
        index.AddRange(Le32(Crc32([.. index])));
        stream.AddRange(index);
        byte[] footer = [.. Le32((uint)(index.Count / 4) - 1), .. flags];
        return [.. stream, .. Le32(Crc32(footer)), .. footer, (byte)'Y', (byte)'Z', .. Le32((uint)content.Length)];
    }

    private static void Pad(List<byte> bytes)
    {
        while (bytes.Count % 4 != 0)
        {
            bytes.Add(0);
        }
    }

    private static byte[] Multibyte(long value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private static byte[] Le32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}

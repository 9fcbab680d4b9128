using System.Buffers.Binary;
using Vmm.Core.Interop;

namespace Vmm.Core.Boot.Compression;

/// <summary>LZ4's legacy frame format (lz4_Frame_format.md, "Legacy frame"): blocks of at most 8 MiB, each behind its size; then the size of all.</summary>
internal sealed class Lz4Format() : PayloadFormat("lz4", 0x02, 0x21, 0x4C, 0x18)
{
    private const int BlockSize = 8 << 20;
    private const int MagicLength = sizeof(uint);

    internal override string Library => "liblz4.so.1 (package liblz4-1 or lz4-libs)";

    internal override bool TryDecompress(byte[] payload, Span<byte> output)
    {
        ReadOnlySpan<byte> input = payload.AsSpan(MagicLength, payload.Length - MagicLength - Payload.SizeLength);
        while (input.Length >= sizeof(uint))
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(input);
            input = input[sizeof(uint)..];
            if (size > (uint)input.Length || LibLz4.Decompress(input[..(int)size], output[..Math.Min(output.Length, BlockSize)]) is not { } count)
            {
                return false;
            }

            input = input[(int)size..];
            output = output[count..];
        }

        return input.IsEmpty && output.IsEmpty;
    }
}

using System.Buffers.Binary;

namespace Vmm.Core.Boot.Compression;

/// <summary>The compressed vmlinux in a bzImage.</summary>
internal static class Payload
{
    /// <summary>Length of the size that ends every payload (boot.rst, payload_length).</summary>
    internal const int SizeLength = sizeof(uint);

    private const int LongestMagic = 6;

    // Far above any kernel; keeps a damaged size from taking the host's memory.
    private const uint LargestKernel = 1 << 30;

    private static readonly PayloadFormat[] Formats = [new ZstdFormat(), new GzipFormat(), new Lz4Format(), new XzFormat()];

    /// <summary>Decompresses a payload.</summary>
    /// <param name="payload">The payload as it lies in the image.</param>
    /// <param name="image">The image's name for messages.</param>
    /// <param name="limit">The most bytes that can be of use: the guest's memory.</param>
    /// <exception cref="BootException">It is damaged, too large, or its compression is not available.</exception>
    internal static byte[] Decompress(byte[] payload, string image, ulong limit)
    {
        PayloadFormat format = Formats.FirstOrDefault(format => format.Recognises(payload)) ?? throw Unknown(payload, image);
        if (payload.Length < LongestMagic + SizeLength)
        {
            throw Damaged(format, image);
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(payload.AsSpan(payload.Length - SizeLength));
        if (size > Math.Min(limit, LargestKernel))
        {
            throw new BootException(
                BootError.DoesNotFit,
                $"{image}: unpacked, this kernel takes {size} bytes, more than guest memory or 1 GiB; give the machine more memory, or the image is damaged");
        }

        byte[] output = GC.AllocateUninitializedArray<byte>((int)size);
        try
        {
            return format.TryDecompress(payload, output) ? output : throw Damaged(format, image);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new BootException(
                BootError.LibraryMissing, $"{image}: unpacking {format.Name} needs {format.Library}; install it, or boot with the decompressor mode", e);
        }
    }

    private static BootException Damaged(PayloadFormat format, string image) =>
        new(BootError.Malformed, $"{image}: the {format.Name} payload is damaged; copy the file again");

    private static BootException Unknown(ReadOnlySpan<byte> payload, string image)
    {
        string compression = payload switch
        {
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
            [0x5D, 0x00, 0x00, ..] => "lzma",
            [0x89, 0x4C, 0x5A, 0x4F, ..] => "lzo",
            _ => "of an unknown format",
        };
        return new BootException(BootError.Unsupported, $"{image}: unsupported compression {compression}; boot with the decompressor mode");
    }
}

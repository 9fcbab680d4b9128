using System.IO.Compression;

namespace Vmm.Core.Boot.Compression;

/// <summary>RFC 1952. The size at the end is gzip's own trailer.</summary>
internal sealed class GzipFormat() : PayloadFormat("gzip", 0x1F, 0x8B)
{
    internal override bool TryDecompress(byte[] payload, Span<byte> output)
    {
        using GZipStream stream = new(new MemoryStream(payload), CompressionMode.Decompress);
        try
        {
            return stream.ReadAtLeast(output, output.Length, throwOnEndOfStream: false) == output.Length && stream.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}

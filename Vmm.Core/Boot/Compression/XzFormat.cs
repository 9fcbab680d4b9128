using Vmm.Core.Interop;

namespace Vmm.Core.Boot.Compression;

/// <summary>The .xz file format: one stream (x86 filter, LZMA2, CRC32), then the size.</summary>
internal sealed class XzFormat() : PayloadFormat("xz", 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00)
{
    internal override string Library => "liblzma.so.5 (package liblzma5 or xz-libs)";

    internal override bool TryDecompress(byte[] payload, Span<byte> output) => LibLzma.TryDecompress(payload.AsSpan(0, payload.Length - Payload.SizeLength), output);
}

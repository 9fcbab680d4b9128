using Vmm.Core.Interop;

namespace Vmm.Core.Boot.Compression;

/// <summary>RFC 8878: one frame, then the size.</summary>
internal sealed class ZstdFormat() : PayloadFormat("zstd", 0x28, 0xB5, 0x2F, 0xFD)
{
    internal override string Library => "libzstd.so.1 (package libzstd1 or zstd)";

    internal override bool TryDecompress(byte[] payload, Span<byte> output) => LibZstd.TryDecompress(payload.AsSpan(0, payload.Length - Payload.SizeLength), output);
}

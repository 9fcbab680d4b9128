using System.Runtime.InteropServices;

namespace Vmm.Core.Interop;

/// <summary>liblz4's block decompression (lz4.h).</summary>
internal static partial class LibLz4
{
    private const string Library = "liblz4.so.1";

    /// <summary>Decompresses one block.</summary>
    /// <returns>Bytes written, or null when the block is damaged or does not fit.</returns>
    internal static int? Decompress(ReadOnlySpan<byte> input, Span<byte> output) =>
        LZ4_decompress_safe(input, output, input.Length, output.Length) is >= 0 and int count ? count : null;

    [LibraryImport(Library)]
    private static partial int LZ4_decompress_safe(ReadOnlySpan<byte> input, Span<byte> output, int size, int capacity);
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Interop;

/// <summary>libzstd's one-shot decompression (zstd.h, stable API).</summary>
internal static partial class LibZstd
{
    private const string Library = "libzstd.so.1";

    /// <summary>Decompresses whole frames; true when they fill the output exactly.</summary>
    internal static bool TryDecompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        nuint count = ZSTD_decompress(output, (nuint)output.Length, input, (nuint)input.Length);
        return ZSTD_isError(count) == 0 && count == (nuint)output.Length;
    }

    [LibraryImport(Library)]
    private static partial nuint ZSTD_decompress(Span<byte> output, nuint capacity, ReadOnlySpan<byte> input, nuint size);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint code);
}

using System.Runtime.InteropServices;

namespace Vmm.Core.Interop;

/// <summary>liblzma's one-shot stream decompression (lzma/container.h).</summary>
internal static partial class LibLzma
{
    private const string Library = "liblzma.so.5";
    private const int Ok = 0;

    // Kernels use dictionaries of up to 128 MiB (scripts/xz_wrap.sh).
    private const ulong MemoryLimit = 512 << 20;

    /// <summary>Decompresses one .xz stream; true when it uses up the input and fills the output exactly.</summary>
    internal static bool TryDecompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        ulong memory = MemoryLimit;
        nuint read = 0;
        nuint written = 0;
        int status = lzma_stream_buffer_decode(ref memory, flags: 0, allocator: 0, input, ref read, (nuint)input.Length, output, ref written, (nuint)output.Length);
        return status == Ok && read == (nuint)input.Length && written == (nuint)output.Length;
    }

    [LibraryImport(Library)]
    private static partial int lzma_stream_buffer_decode(
        ref ulong memoryLimit, uint flags, nint allocator, ReadOnlySpan<byte> input, ref nuint read, nuint inputSize, Span<byte> output, ref nuint written, nuint outputSize);
}

namespace Vmm.Core.Boot.Compression;

/// <summary>A compression that Linux kernels use (scripts/Makefile.lib), recognised by its magic number.</summary>
internal abstract class PayloadFormat(string name, params byte[] magic)
{
    internal string Name { get; } = name;

    /// <summary>The system library that does the work and the package that brings it, or null.</summary>
    internal virtual string? Library => null;

    internal bool Recognises(ReadOnlySpan<byte> payload) => payload.StartsWith(magic);

    /// <summary>Decompresses a payload.</summary>
    /// <param name="payload">The payload as it lies in the image, with the size in its last four bytes.</param>
    /// <param name="output">A buffer of exactly that size.</param>
    /// <returns>Whether the payload was sound and filled the buffer.</returns>
    internal abstract bool TryDecompress(byte[] payload, Span<byte> output);
}
